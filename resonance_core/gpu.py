"""Devices: which one to use, and that one process at a time uses it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from filelock import FileLock

from resonance_core.errors import ConfigError


def resolve_device(name: str) -> torch.device:
    """Return the device a name means; ``auto`` is the best one there is.

    Raises:
        ConfigError: No such device here.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda", 0)
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(
            f"there is no device {name!r} here", "Set RESONANCE_DEVICE to auto, cpu, cuda or mps"
        ) from error
    return device


@contextmanager
def exclusive(device: torch.device) -> Iterator[None]:
    """Hold a device alone, among all processes of this machine.

    The lock is the kernel's: a process that is killed gives it back.
    """
    with FileLock(Path(tempfile.gettempdir()) / f"resonance-{device}.lock".replace(":", "-")):
        yield
