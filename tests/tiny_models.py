"""Tiny MusicGens with random weights, saved as a hub would serve them."""

from pathlib import Path

import torch
from transformers import (
    AutoTokenizer,
    EncodecConfig,
    MusicgenConfig,
    MusicgenDecoderConfig,
    MusicgenForConditionalGeneration,
    MusicgenMelodyConfig,
    MusicgenMelodyFeatureExtractor,
    MusicgenMelodyForConditionalGeneration,
    T5Config,
)
from transformers.models.musicgen_melody.configuration_musicgen_melody import (
    MusicgenMelodyDecoderConfig,
)

from resonance_core.models.nano import WEIGHTS

CODEBOOK_SIZE = 64
MODELS = ["nano", "tiny_melody", "tiny_musicgen", "tiny_stereo"]
"""The fixtures that are models which Transformers runs."""


def text_config() -> dict:
    """Return the settings of a tiny text encoder."""
    return {
        "vocab_size": 30522,
        "d_model": 24,
        "d_kv": 8,
        "d_ff": 32,
        "num_layers": 1,
        "num_heads": 2,
        "dropout_rate": 0.0,
    }


def parts(decoder_class: type, layers: int, hidden: int, channels: int = 1) -> dict:
    codec = EncodecConfig(
        sampling_rate=32000,
        audio_channels=1,
        normalize=False,
        num_filters=4,
        num_residual_layers=1,
        num_lstm_layers=1,
        hidden_size=16,
        codebook_dim=16,
        codebook_size=CODEBOOK_SIZE,
        upsampling_ratios=[8, 5, 4, 4],
        target_bandwidths=[1.2],
        use_causal_conv=False,
    )
    text = T5Config(**text_config())
    decoder = decoder_class(
        vocab_size=CODEBOOK_SIZE,
        max_position_embeddings=1024,
        num_hidden_layers=layers,
        ffn_dim=2 * hidden,
        num_attention_heads=4,
        hidden_size=hidden,
        num_codebooks=4 * channels,
        audio_channels=channels,
        pad_token_id=CODEBOOK_SIZE,
        bos_token_id=CODEBOOK_SIZE,
        eos_token_id=None,
        dropout=0.0,
        tie_word_embeddings=False,
    )
    return {
        "text_encoder": text.to_dict(),
        "audio_encoder": codec.to_dict(),
        "decoder": decoder.to_dict(),
    }


def _save(model: torch.nn.Module, folder: Path) -> Path:
    pad = model.config.decoder.pad_token_id
    generation = model.generation_config
    generation.pad_token_id = generation.bos_token_id = generation.decoder_start_token_id = pad
    generation.eos_token_id = None
    # Random weights are all alike; spread them, so that rows, layers and positions differ.
    with torch.no_grad():
        for parameter in model.decoder.parameters():
            if parameter.dim() > 1:
                parameter.mul_(4)
        for quantizer in model.audio_encoder.quantizer.layers:
            quantizer.codebook.embed.normal_()  # all zero until it is trained
    model.save_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(WEIGHTS)
    tokenizer.backend_tokenizer.no_padding()  # nano's rule, not that of the large models
    tokenizer.save_pretrained(folder)
    return folder


def save_tiny_melody(folder: Path, layers: int = 5, hidden: int = 32) -> Path:
    """Save a random MusicgenMelody and return its folder."""
    torch.manual_seed(0)
    config = MusicgenMelodyConfig(
        **parts(MusicgenMelodyDecoderConfig, layers, hidden), num_chroma=12, chroma_length=20
    )
    MusicgenMelodyFeatureExtractor(num_chroma=12).save_pretrained(folder)
    return _save(MusicgenMelodyForConditionalGeneration(config), folder)


def save_tiny_musicgen(folder: Path, layers: int = 5, hidden: int = 32, channels: int = 1) -> Path:
    """Save a random text-only Musicgen and return its folder."""
    torch.manual_seed(0)
    config = MusicgenConfig(**parts(MusicgenDecoderConfig, layers, hidden, channels))
    return _save(MusicgenForConditionalGeneration(config), folder)
