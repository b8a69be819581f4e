"""Which library runs a model: AudioCraft, which MusicGen was made with, or Transformers."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from resonance_core.config import ModelConfig
from resonance_core.errors import ModelError

INSTALL = {
    "audiocraft": "pip install --no-deps -r requirements-audiocraft.txt",
    "transformers": "pip install 'transformers>=5.23,<6'",
}
"""What installs each library."""
NAMES = {"audiocraft": "AudioCraft", "transformers": "Transformers"}
AUDIOCRAFT_FILES = ("state_dict.bin", "compression_state_dict.bin")
"""What makes a folder a checkpoint of AudioCraft."""
AUDIOCRAFT_HUB = "facebook/musicgen-"
"""How the repositories begin that hold both formats."""
DEBUG = "debug"
"""AudioCraft's own model for tests: tiny, with random weights."""


class Choice(NamedTuple):
    """A library, and why it is chosen."""

    backend: str
    reason: str


def choices(config: ModelConfig, source: str | Path) -> list[Choice]:
    """Return the libraries to try, the preferred one first.

    Args:
        config: Which model, and which library if one is asked for.
        source: Where it lies: a folder, a hub repository, or ``debug``.

    Raises:
        ModelError: A library that is needed is not installed.
    """
    if config.backend != "auto":
        return [_installed(config, config.backend, "it was asked for")]
    if not any(map(is_installed, NAMES)):
        raise ModelError(
            "neither AudioCraft nor Transformers is installed, and a model needs one of them",
            f"Install one: {INSTALL['transformers']}, or {INSTALL['audiocraft']}",
        )
    if config.id == DEBUG:
        return [_installed(config, "audiocraft", "no other library has this model")]
    if all((Path(source) / name).is_file() for name in AUDIOCRAFT_FILES):
        return [_installed(config, "audiocraft", "the folder is in AudioCraft's format")]
    if Path(source).is_dir() or not config.id.startswith(AUDIOCRAFT_HUB):
        return [_installed(config, "transformers", "the model is in Transformers' format")]
    if not is_installed("audiocraft"):
        return [_installed(config, "transformers", "AudioCraft is not installed")]
    first = Choice("audiocraft", "it is installed, and the model is in its format")
    return [first, Choice("transformers", "AudioCraft cannot take it")]


def is_installed(backend: str) -> bool:
    """Return whether a library is here; it is not imported, which takes seconds."""
    return importlib.util.find_spec(backend) is not None


@contextmanager
def complete(backend: str) -> Iterator[None]:
    """Say what to install where a library that is here lacks what it needs.

    Raises:
        ModelError: In place of an import's error.
    """
    try:
        yield
    except ImportError as error:
        raise ModelError(
            f"{NAMES[backend]} is not completely installed: {error}",
            f"Install it: {INSTALL[backend]}",
        ) from error


def _installed(config: ModelConfig, backend: str, reason: str) -> Choice:
    if not is_installed(backend):
        raise ModelError(
            f"{config.id!r} needs {NAMES[backend]} ({reason}), which is not installed",
            f"Install it: {INSTALL[backend]}",
        )
    return Choice(backend, reason)
