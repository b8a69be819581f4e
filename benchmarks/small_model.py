"""A model with the sizes of facebook/musicgen-small and random weights.

Only the text encoder is smaller, for it reads one empty prompt a batch.
"""

import shutil
from pathlib import Path

import torch
from transformers import (
    EncodecConfig,
    MusicgenConfig,
    MusicgenDecoderConfig,
    MusicgenForConditionalGeneration,
    T5Config,
)
from transformers.utils import logging as transformers_logging

from resonance_core.models.nano import WEIGHTS

CODEBOOK_SIZE = 2048


def save_small_model(folder: Path) -> None:
    """Write the model into a folder as Transformers loads it, about 2 GB."""
    torch.manual_seed(0)
    codec = EncodecConfig(
        sampling_rate=32000,
        audio_channels=1,
        normalize=False,
        num_filters=64,
        num_residual_layers=1,
        num_lstm_layers=2,
        hidden_size=128,
        codebook_dim=128,
        codebook_size=CODEBOOK_SIZE,
        upsampling_ratios=[8, 5, 4, 4],
        target_bandwidths=[2.2],
        use_causal_conv=False,
    )
    text = T5Config(vocab_size=30522, d_model=64, d_kv=16, d_ff=128, num_layers=1, num_heads=4)
    decoder = MusicgenDecoderConfig(
        vocab_size=CODEBOOK_SIZE,
        max_position_embeddings=2048,
        num_hidden_layers=24,
        ffn_dim=4096,
        num_attention_heads=16,
        hidden_size=1024,
        num_codebooks=4,
        pad_token_id=CODEBOOK_SIZE,
        bos_token_id=CODEBOOK_SIZE,
        eos_token_id=None,
        tie_word_embeddings=False,
    )
    model = MusicgenForConditionalGeneration(
        MusicgenConfig(
            text_encoder=text.to_dict(), audio_encoder=codec.to_dict(), decoder=decoder.to_dict()
        )
    )
    for name, buffer in model.audio_encoder.named_buffers():
        if name.endswith("codebook.embed"):
            buffer.normal_()  # all zero until it is trained
    transformers_logging.disable_progress_bar()
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(WEIGHTS / name, folder / name)
