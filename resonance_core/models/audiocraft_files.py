"""Files of AudioCraft's checkpoints: finding them, and reading them without running what they hold.

A checkpoint is two files, one of the language model and one of its codec, each a pickle of weights
and their configuration. A pickle may run code, so they are read by PyTorch's unpickler for weights,
which makes nothing but tensors and plain values. The configurations of released models are YAML;
of one's own training they may be objects of OmegaConf, which hold values only and are let in too.
"""

import collections
import pickle
import typing
from pathlib import Path
from typing import Any, NamedTuple

import torch
from huggingface_hub import hf_hub_download
from huggingface_hub.errors import EntryNotFoundError
from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.base import ContainerMetadata, Metadata
from omegaconf.nodes import AnyNode

from resonance_core.config import ModelConfig
from resonance_core.errors import ModelError
from resonance_core.models.backends import AUDIOCRAFT_FILES

PROMPT, MELODY = "description", "self_wav"
"""What AudioCraft calls the two things that a MusicGen is told."""
PLAIN = (DictConfig, ListConfig, AnyNode, ContainerMetadata, Metadata)
"""What OmegaConf's objects are made of."""
NAMES = (typing.Any, dict, list, int, collections.defaultdict)
"""What they name."""


class Checkpoint(NamedTuple):
    """What the two files hold.

    Attributes:
        lm: Of the language model.
        codec: Of the codec; ``{"pretrained": NAME}`` where it is one of Transformers'.
        revision: The hub's commit; None of a folder.
    """

    lm: dict[str, Any]
    codec: dict[str, Any]
    revision: str | None

    @property
    def config(self) -> DictConfig:
        """The language model's configuration."""
        return configuration(self.lm)


def read(config: ModelConfig, source: str | Path) -> Checkpoint:
    """Read a checkpoint; its tensors are read from the disk when they are used.

    Args:
        config: Which model.
        source: Where it lies: a folder, or a hub repository whose files are downloaded.

    Raises:
        ModelError: Nothing there, or files that are damaged or hold more than weights.
    """
    lm, codec = (_find(config, source, name) for name in AUDIOCRAFT_FILES)
    revision = None if Path(source).is_dir() else lm.parent.name
    return Checkpoint(_load(config, lm), _load(config, codec), revision)


def configuration(package: dict[str, Any]) -> DictConfig:
    """Return the configuration in one of a checkpoint's files."""
    created = OmegaConf.create(package["xp.cfg"])
    assert isinstance(created, DictConfig)
    return created


def _find(config: ModelConfig, source: str | Path, name: str) -> Path:
    if (folder := Path(source)).is_dir():
        if not (folder / name).is_file():
            raise ModelError(
                f"{config.id!r} is not in AudioCraft's format: it has no {name}",
                "Leave model.backend out, or export the model with audiocraft.utils.export",
            )
        return folder / name
    try:
        return Path(hf_hub_download(str(source), name, revision=config.revision))
    except (OSError, ValueError, EntryNotFoundError) as error:
        raise ModelError(
            f"{name} of {config.id!r} cannot be found: {str(error).splitlines()[0]}",
            "Give a hub repository that can be reached, or a folder with "
            + " and ".join(AUDIOCRAFT_FILES),
        ) from error


def _load(config: ModelConfig, path: Path) -> dict[str, Any]:
    try:
        with torch.serialization.safe_globals([*PLAIN, *NAMES]):
            package = torch.load(path, map_location="cpu", mmap=True, weights_only=True)
    except pickle.UnpicklingError as error:
        raise ModelError(
            f"{path.name} of {config.id!r} holds more than weights and a configuration, and is "
            f"not read: {_reason(error)}",
            "Get the model from those who made it, or export it with AudioCraft again",
        ) from error
    except (OSError, RuntimeError, EOFError) as error:
        raise ModelError(
            f"{path.name} of {config.id!r} cannot be read: {str(error).splitlines()[0]}",
            "Get the whole model again",
        ) from error
    if not (isinstance(package, dict) and ("pretrained" in package or "xp.cfg" in package)):
        raise ModelError(
            f"{path.name} of {config.id!r} is no checkpoint that AudioCraft exported",
            "Export it with audiocraft.utils.export",
        )
    return package


def _reason(error: pickle.UnpicklingError) -> str:
    """Return the one line of PyTorch's long advice that says what was found."""
    found = [line for line in str(error).splitlines() if "WeightsUnpickler error" in line]
    return (found or str(error).splitlines())[0].strip().removeprefix("WeightsUnpickler error: ")
