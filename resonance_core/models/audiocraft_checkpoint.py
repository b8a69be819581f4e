"""What a MusicGen is that AudioCraft keeps: known without loading it, or AudioCraft itself."""

import logging
import math
from pathlib import Path
from typing import Any

from omegaconf import DictConfig
from transformers import AutoConfig

from resonance_core.config import ModelConfig
from resonance_core.errors import ModelError
from resonance_core.models.audiocraft_files import Checkpoint, configuration, read
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
    lm = checkpoint.config
    _check(config, lm)
    folder = Path(source)
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
        melody="self_wav" in lm.conditioners,
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
    """Refuse models that are told, or that order their tokens, otherwise than MusicGen's papers.

    Raises:
        ModelError: Saying how.
    """
    told = {name: lm.conditioners[name].model for name in lm.conditioners if name != "args"}
    known = [{"description": "t5"}, {"description": "t5", "self_wav": "chroma_stem"}]
    channels, books = _channels(lm), lm.transformer_lm.n_q
    pattern = lm.codebooks_pattern
    delays = list(pattern.delay.delays) if pattern.modeling == "delay" else None
    interleaved = lm.get("interleave_stereo_codebooks")
    if told not in known:
        problem = "is told " + ", ".join(f"{name} by {model}" for name, model in told.items())
    elif (
        lm.fuser["sum"]
        or lm.fuser["input_interpolate"]
        or all(lm.fuser[how] for how in ("prepend", "cross"))
    ):
        problem = "adds what it is told to the audio"
    elif delays != [book // channels for book in range(books)] or (
        channels == 2 and interleaved.per_timestep
    ):
        problem = f"orders its tokens by {pattern.modeling} {delays}"
    else:
        return
    raise ModelError(
        f"{config.id!r} cannot be steered: it {problem}",
        "Choose a MusicGen that takes text, or text and a melody",
    )
