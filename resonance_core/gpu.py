"""Devices: which one to use, and that one at a time uses it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import platformdirs
import torch
from filelock import FileLock

from resonance_core.cancellation import check_wanted
from resonance_core.errors import ConfigError

TYPES = ("cpu", "cuda", "mps")

_cpu = threading.Lock()
_ask: ContextVar[Callable[[], object]] = ContextVar("ask", default=lambda: None)


def resolve_device(name: str) -> torch.device:
    """Return the device a name means; ``auto`` is the best one there is.

    Raises:
        ConfigError: No such device here.
    """
    if name == "auto":
        if torch.cuda.is_available():
            name = "cuda"
        else:
            name = "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(name)
        if device.type not in TYPES:
            raise RuntimeError(f"a {device.type} device runs no model")
        # With its index, so that one device has one name.
        device = torch.empty(0, device=device).device
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(
            f"there is no device {name!r} here", "Set RESONANCE_DEVICE to auto, cpu, cuda or mps"
        ) from error
    return device


def is_out_of_memory(error: RuntimeError) -> bool:
    """Return whether PyTorch raised an error for want of a device's memory."""
    # That of MPS has no class of its own.
    return isinstance(error, torch.OutOfMemoryError) or "out of memory" in str(error)


def release_memory(device: torch.device) -> None:
    """Give what PyTorch keeps for later, and nothing uses, back to a device."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


@contextmanager
def releasing(device: torch.device) -> Iterator[None]:
    """Give back to a device, at the end of a context, what PyTorch keeps and nothing uses."""
    try:
        yield
    finally:
        release_memory(device)


@contextmanager
def asking_first(ask: Callable[[], object]) -> Iterator[None]:
    """Have `exclusive` ask someone else, who gives out GPUs too, each time before it takes one."""
    token = _ask.set(ask)
    try:
        yield
    finally:
        _ask.reset(token)


@contextmanager
def exclusive(device: torch.device) -> Iterator[None]:
    """Hold a device alone: a GPU among all of this user's processes, the CPU in this one.

    Models share a GPU's memory badly; two on the CPU of one process only take turns anyway.
    A GPU's lock is the kernel's: a process that is killed gives it back.
    """
    check_wanted()
    if device.type == "cpu":
        with _cpu:
            yield
        return
    _ask.get()()
    locks = platformdirs.user_cache_path("resonance", ensure_exists=True)
    with FileLock(locks / f"{_name(device)}.lock"):
        yield


def _name(device: torch.device) -> str:
    """Return what tells a device from all others of this machine.

    A number does not: to a process that is given one GPU of several, that one is the first.
    """
    if device.type == "cuda":
        return f"cuda-{torch.cuda.get_device_properties(device).uuid}"
    return str(device).replace(":", "-")
