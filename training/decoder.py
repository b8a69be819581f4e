"""The language model before training: its sizes and its default sampling settings."""

from typing import Any

from torch import Tensor
from transformers import (
    GenerationConfig,
    MusicgenMelodyConfig,
    MusicgenMelodyForCausalLM,
    MusicgenMelodyForConditionalGeneration,
    T5EncoderModel,
)
from transformers.models.musicgen_melody.configuration_musicgen_melody import (
    MusicgenMelodyDecoderConfig,
)

from resonance_core.models.nano.codec import SpectralCodec
from training.initialise import start_from_bars, start_from_codebooks, start_from_text

HIDDEN, LAYERS, HEADS = 192, 6, 4
CHROMA_BINS, CHROMA_FRAMES = 12, 20
"""Five seconds of melody, in frames of `CHROMA_HOP`: a longer prefix costs every step time."""
CHROMA_HOP = 8192
"""Samples from one chroma frame to the next, a quarter of a second."""
GUIDANCE_SCALE, TEMPERATURE, TOP_K = 4.0, 0.7, 50
"""The default sampling settings."""
CLIP_TOKENS = 504
"""Ten seconds of audio and the delay pattern's start."""


def new_model(
    codec: SpectralCodec, text_encoder: T5EncoderModel, text_mean: Tensor, text_std: Tensor
) -> Any:
    """Return an untrained MusicGen-Melody around a trained codec and text encoder.

    Args:
        codec: Frozen.
        text_encoder: Trained to summarise captions.
        text_mean: Mean of encoded captions, ``[text width]``.
        text_std: Their standard deviation, ``[text width]``.
    """
    pad = codec.config.codebook_size
    decoder = MusicgenMelodyForCausalLM(
        MusicgenMelodyDecoderConfig(
            vocab_size=codec.config.codebook_size, max_position_embeddings=1024,
            hidden_size=HIDDEN, ffn_dim=4 * HIDDEN, num_hidden_layers=LAYERS,
            num_attention_heads=HEADS, num_codebooks=codec.config.num_codebooks,
            pad_token_id=pad, bos_token_id=pad, eos_token_id=None, audio_channels=1,
            dropout=0.0, attention_dropout=0.0, activation_dropout=0.0, layerdrop=0.0,
            scale_embedding=False, tie_word_embeddings=False,
        )
    )  # fmt: skip
    config = MusicgenMelodyConfig(
        text_encoder=text_encoder.config.to_dict(),
        audio_encoder=codec.config.to_dict(),
        decoder=decoder.config.to_dict(),
        num_chroma=CHROMA_BINS,
        chroma_length=CHROMA_FRAMES,
    )
    config.decoder_start_token_id = config.pad_token_id = pad
    model = MusicgenMelodyForConditionalGeneration(
        config=config, text_encoder=text_encoder, audio_encoder=codec, decoder=decoder
    )
    # Transformers' T5 knows no SDPA, so the whole model cannot be switched to it.
    model.decoder.config._attn_implementation = "sdpa"
    start_from_codebooks(model)
    start_from_text(model, text_mean, text_std)
    start_from_bars(model)
    model.audio_encoder.requires_grad_(False)
    model.generation_config = GenerationConfig(
        pad_token_id=pad, bos_token_id=pad, decoder_start_token_id=pad, do_sample=True,
        guidance_scale=GUIDANCE_SCALE, temperature=TEMPERATURE, top_k=TOP_K,
        max_length=CLIP_TOKENS,
    )  # fmt: skip
    return model
