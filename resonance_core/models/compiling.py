"""Compiling: torch.compile makes the layers of a decoder faster, where there is a compiler."""

import functools
from collections.abc import Sequence

import torch
from torch import nn

from resonance_core.errors import ConfigError


def compile_layers(layers: Sequence[nn.Module]) -> None:
    """Have the layers of a decoder compiled when they are first run.

    Only what a layer computes by itself is: forward hooks run outside, and layers of one kind
    share one compilation.
    """
    for layer in layers:
        layer.forward = torch.compile(layer.forward)


@functools.cache
def check_compiler(device: torch.device) -> None:
    """See, by trying, that something can be compiled for a device.

    Raises:
        ConfigError: It cannot.
    """
    try:
        torch.compile(torch.sin)(torch.zeros(1, device=device))
    except RuntimeError as error:  # the base of all that torch.compile raises
        needed = "a C++ compiler (g++ or clang++)" if device.type == "cpu" else "Triton and gcc"
        raise ConfigError(
            f"torch.compile does not work for {device} here: {str(error).splitlines()[0]}",
            f"Install {needed}, or leave RESONANCE_COMPILE out",
        ) from error
