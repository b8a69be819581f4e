"""What a MusicGen is that AudioCraft keeps: known without loading it, or AudioCraft itself."""

import logging
import math
from pathlib import Path
from typing import Any

from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException
from transformers import AutoConfig

from resonance_core.config import ModelConfig
from resonance_core.errors import ModelError
from resonance_core.models.audiocraft_files import (
    MELODY,
    PROMPT,
    Checkpoint,
    configuration,
    read,
)
from resonance_core.models.backends import DEBUG
from resonance_core.models.base import ModelInfo
from resonance_core.models.checkpoint import weight_digest

# AudioCraft takes only names from xFormers and attends with PyTorch: kernels that were built for
# another PyTorch are not missed.
logging.getLogger("xformers").setLevel(logging.ERROR)


def describe(config: ModelConfig, source: str | Path) -> ModelInfo:
    """Return what a model is, from its configuration; the files of a hub are downloaded.

    Args:
        config: Which model.
        source: Where it lies: a folder, a hub repository, or ``debug``.

    Raises:
        ModelError: Nothing there, no checkpoint of AudioCraft, or one that cannot be steered.
    """
    if config.id == DEBUG:
        return _info(
            config,
            revision="audiocraft-1.3.0-debug-seed-0",
            sample_rate=32000,
            frame_rate=25.0,
            layers=2,
            hidden_size=16,
            codebooks=4,
            channels=1,
            melody=False,
        )
    checkpoint = read(config, source)
    try:
        return _describe(config, Path(source), checkpoint)
    except OmegaConfBaseException as error:
        raise ModelError(
            f"{config.id!r} is no MusicGen of AudioCraft: {str(error).splitlines()[0]}",
            "Choose another model",
        ) from error
    except OSError as error:
        raise ModelError(
            f"the codec of {config.id!r} cannot be found: {str(error).splitlines()[0]}",
            "Have the hub be reached once, so that it is kept",
        ) from error


def _describe(config: ModelConfig, folder: Path, checkpoint: Checkpoint) -> ModelInfo:
    lm = checkpoint.config
    _check(config, lm)
    sample_rate, frame_rate = _rates(checkpoint)
    return _info(
        config,
        revision=weight_digest(folder) if folder.is_dir() else checkpoint.revision,
        sample_rate=sample_rate,
        frame_rate=frame_rate,
        layers=lm.transformer_lm.num_layers,
        hidden_size=lm.transformer_lm.dim,
        codebooks=lm.transformer_lm.n_q,
        channels=_channels(lm),
        melody=MELODY in lm.conditioners,
    )


def _info(config: ModelConfig, **found: Any) -> ModelInfo:
    return ModelInfo(
        id=config.id,
        backend="audiocraft",
        dtype=config.dtype,
        autocast=config.autocast,
        **found,
    )


def _rates(checkpoint: Checkpoint) -> tuple[int, float]:
    """Return the codec's sample rate and frame rate, in Hz."""
    if "pretrained" in checkpoint.codec:
        hf = AutoConfig.from_pretrained(checkpoint.codec["pretrained"])
        return hf.sampling_rate, float(hf.frame_rate)
    codec = configuration(checkpoint.codec)
    rate: int = codec.encodec.sample_rate
    return rate, float(rate // math.prod(codec.seanet.ratios))


def _channels(lm: DictConfig) -> int:
    stereo = lm.get("interleave_stereo_codebooks")
    return 2 if stereo is not None and stereo.use else 1


def _check(config: ModelConfig, lm: DictConfig) -> None:
    """Refuse models that are told, or that order their tokens, otherwise than MusicGen does.

    Raises:
        ModelError: Saying how.
    """
    told = {name: lm.conditioners[name].model for name in lm.conditioners if name != "args"}
    ways = {way for way in ("sum", "input_interpolate", "prepend", "cross") if lm.fuser[way]}
    if lm.lm_model != "transformer_lm":
        how = f"is a {lm.lm_model}"
    elif told not in ({PROMPT: "t5"}, {PROMPT: "t5", MELODY: "chroma_stem"}):
        how = "is told " + ", ".join(f"{name} by {model}" for name, model in told.items())
    elif ways not in ({"prepend"}, {"cross"}):
        how = f"takes what it is told by {' and '.join(sorted(ways))}"
    elif not _is_delayed(lm):
        how = "orders its tokens by another pattern than MusicGen's delay"
    else:
        return
    raise ModelError(
        f"{config.id!r} cannot be steered: it {how}",
        "Choose a MusicGen that takes text, or text and a melody",
    )


def _is_delayed(lm: DictConfig) -> bool:
    """Return whether each codebook runs a frame behind the one before it, as in `delay`."""
    channels, books = _channels(lm), range(lm.transformer_lm.n_q)
    if channels == 2 and lm.interleave_stereo_codebooks.per_timestep:
        return False
    pattern = lm.codebooks_pattern
    if pattern.modeling is None:  # as the first models said it
        return channels == 1 and lm.transformer_lm.get("q_modeling") == "delay"
    settings = pattern.get("delay") or {}
    return (
        pattern.modeling == "delay"
        and list(settings.get("delays") or books) == [book // channels for book in books]
        and not settings.get("flatten_first")
        and not settings.get("empty_initial")
    )
