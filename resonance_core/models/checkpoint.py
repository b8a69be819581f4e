"""Checkpoints of MusicGen as Transformers keeps them: what they are, and loading them."""

import hashlib
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoTokenizer,
    MusicgenForConditionalGeneration,
    MusicgenMelodyFeatureExtractor,
    MusicgenMelodyForConditionalGeneration,
    PretrainedConfig,
)
from transformers.utils import logging as transformers_logging

from resonance_core.config import ModelConfig
from resonance_core.errors import ModelError
from resonance_core.keys import sha256_file
from resonance_core.models.base import ModelInfo
from resonance_core.models.transformers import TransformersModel

CLASSES: dict[str, type[Any]] = {
    "musicgen": MusicgenForConditionalGeneration,
    "musicgen_melody": MusicgenMelodyForConditionalGeneration,
}
MODEL_SUFFIXES = (".safetensors", ".bin", ".json", ".model", ".txt")
"""Weights, configurations, and the files that tokenizers are made of."""


def describe(config: ModelConfig, source: str | Path) -> ModelInfo:
    """Return what a model is, from its configuration alone.

    Args:
        config: Which model.
        source: Where it lies: a folder, or a hub repository.

    Raises:
        ModelError: Nothing there, or no MusicGen.
    """
    hf = _read_config(config, source)
    if hf.model_type not in CLASSES:
        raise ModelError(
            f"{config.id!r} is a {hf.model_type!r} model, which cannot be steered",
            f"Choose one of the types {', '.join(CLASSES)}",
        )
    folder = Path(source)
    revision = weight_digest(folder) if folder.is_dir() else hf._commit_hash
    return ModelInfo(
        id=config.id,
        backend="transformers",
        revision=revision,
        dtype=config.dtype,
        autocast=config.autocast,
        sample_rate=hf.audio_encoder.sampling_rate,
        frame_rate=float(hf.audio_encoder.frame_rate),
        layers=hf.decoder.num_hidden_layers,
        hidden_size=hf.decoder.hidden_size,
        codebooks=hf.decoder.num_codebooks,
        channels=hf.decoder.audio_channels,
        melody=hf.model_type == "musicgen_melody",
    )


def load(
    info: ModelInfo, config: ModelConfig, source: str | Path, device: torch.device
) -> TransformersModel:
    """Load a model's weights onto a device.

    Args:
        info: What the model is, from ``describe``.
        config: In which type it computes.
        source: Where it lies: a folder, or a hub repository.
        device: Where it shall live.

    Raises:
        ModelError: Weights that cannot be read, are incomplete, or do not fit the device.
    """
    transformers_logging.disable_progress_bar()  # reading weights takes seconds; downloads show
    options: dict[str, Any] = {"revision": None if Path(source).is_dir() else info.revision}
    kind = "musicgen_melody" if info.melody else "musicgen"
    try:
        model, report = CLASSES[kind].from_pretrained(
            source, dtype=getattr(torch, config.dtype), output_loading_info=True, **options
        )
        model = model.to(device)
        tokenizer = AutoTokenizer.from_pretrained(source, **options)
        chroma = (
            MusicgenMelodyFeatureExtractor.from_pretrained(source, **options)
            if info.melody
            else None
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise ModelError(
            f"{config.id!r} cannot be loaded: {str(error).splitlines()[0]}",
            "Check the folder, the download, and the memory of the device",
        ) from error
    # Transformers makes up random values for what it does not find.
    if absent := sorted(report["missing_keys"]):
        raise ModelError(
            f"the weights of {config.id!r} are incomplete: {len(absent)} tensors are missing, "
            f"such as {absent[0]}",
            "Get the whole model again",
        )
    tokenizer.model_input_names = ["input_ids", "attention_mask"]
    return TransformersModel(model, tokenizer, chroma, info)


def weight_digest(folder: Path) -> str:
    """Return the SHA-256 over all files of a model folder that decide what it does."""
    total = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in MODEL_SUFFIXES:
            total.update(f"{path.name}:{sha256_file(path)}\n".encode())
    return total.hexdigest()


def _read_config(config: ModelConfig, source: str | Path) -> PretrainedConfig:
    try:
        return AutoConfig.from_pretrained(source, revision=config.revision)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"the model {config.id!r} cannot be found: {str(error).splitlines()[0]}",
            "Give nano, a folder with config.json, or a hub repository that can be reached",
        ) from error
