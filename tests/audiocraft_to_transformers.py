"""Turns tiny checkpoints of AudioCraft into those of Transformers: the same weights, renamed."""

import re
from pathlib import Path

import torch
from transformers import (
    AutoTokenizer,
    MusicgenConfig,
    MusicgenDecoderConfig,
    MusicgenForConditionalGeneration,
    MusicgenMelodyConfig,
    MusicgenMelodyFeatureExtractor,
    MusicgenMelodyForConditionalGeneration,
    T5EncoderModel,
)
from transformers.models.musicgen_melody.configuration_musicgen_melody import (
    MusicgenMelodyDecoderConfig,
)

from tests.tiny_models import parts

LANGUAGE_MODEL = {
    r"^emb\.": "decoder.model.decoder.embed_tokens.",
    r"^linears\.": "decoder.lm_heads.",
    r"^out_norm\.": "decoder.model.decoder.layer_norm.",
    r"^transformer\.": "decoder.model.decoder.",
    r"^condition_provider\.conditioners\.description\.output_proj\.": "enc_to_dec_proj.",
    r"^condition_provider\.conditioners\.self_wav\.output_proj\.": "audio_enc_to_dec_proj.",
    r"\.cross_attention\.": ".encoder_attn.",
    r"\.norm1\.": ".self_attn_layer_norm.",
    r"\.norm_cross\.": ".encoder_attn_layer_norm.",
    r"\.norm2\.": ".final_layer_norm.",
    r"\.linear(\d)\.": r".fc\1.",
}
CODEC = {
    r"^(encoder|decoder)\.model\.": r"audio_encoder.\1.layers.",
    r"\.convtr\.convtr\.": ".conv.",
    r"\.conv\.conv\.": ".conv.",
    r"\.weight_g$": ".parametrizations.weight.original0",
    r"\.weight_v$": ".parametrizations.weight.original1",
    r"^quantizer\.vq\.layers\.(\d+)\._codebook\.": r"audio_encoder.quantizer.layers.\1.codebook.",
}


def convert(source: Path, t5: Path, folder: Path, kind: str) -> Path:
    """Save what Transformers makes of a checkpoint, and return its folder.

    Args:
        source: AudioCraft's, of ``save_tiny_audiocraft``.
        t5: The text encoder, with its tokenizer.
        folder: Takes the result.
        kind: Of the model: ``text``, ``stereo`` or ``melody``.
    """
    lm, codec = (
        torch.load(source / name, weights_only=False)["best_state"]
        for name in ("state_dict.bin", "compression_state_dict.bin")
    )
    if kind == "melody":
        config = MusicgenMelodyConfig(**parts(MusicgenMelodyDecoderConfig, 5, 32), num_chroma=12)
        model = MusicgenMelodyForConditionalGeneration(config)
        MusicgenMelodyFeatureExtractor(num_chroma=12).save_pretrained(folder)
    else:
        channels = 2 if kind == "stereo" else 1
        config = MusicgenConfig(**parts(MusicgenDecoderConfig, 5, 32, channels))
        model = MusicgenForConditionalGeneration(config)
    lm.pop("condition_provider.conditioners.self_wav.chroma.spec.window", None)  # no weight
    text = T5EncoderModel.from_pretrained(t5).state_dict()
    converted = {
        **{f"text_encoder.{name}": tensor for name, tensor in text.items()},
        **_renamed(_split(lm), LANGUAGE_MODEL),
        **_renamed(codec, CODEC),
    }
    model.load_state_dict(converted)
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(t5).save_pretrained(folder)
    return folder


def _split(lm: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return the weights with those of queries, keys and values by themselves."""
    split: dict[str, torch.Tensor] = {}
    for name, tensor in lm.items():
        if name.endswith("in_proj_weight"):
            for part, weight in zip("qkv", tensor.chunk(3), strict=True):
                split[name.replace("in_proj_weight", f"{part}_proj.weight")] = weight
        else:
            split[name] = tensor
    return split


def _renamed(weights: dict[str, torch.Tensor], rules: dict[str, str]) -> dict[str, torch.Tensor]:
    renamed: dict[str, torch.Tensor] = {}
    for name, tensor in weights.items():
        for pattern, replacement in rules.items():
            name = re.sub(pattern, replacement, name)
        renamed[name] = tensor
    return renamed
