"""Injecting directions: vectors are added to the hidden states while the model generates."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from resonance_core.steering.hooks import hidden_state_hooks


@dataclass(frozen=True)
class Steering:
    """What is added, and how much of it to each row.

    Attributes:
        vectors: What strength 1 adds to the output of each layer, ``[layers, hidden]``.
        strengths: How much of it each row of the batch gets, ``[rows]``.
    """

    vectors: torch.Tensor
    strengths: torch.Tensor


@contextmanager
def inject(layers: Sequence[nn.Module], steering: Steering) -> Iterator[None]:
    """Add a steering's vectors to the output of every layer until the context ends.

    Guidance runs the rows twice, conditional then unconditional; both get the same strength.
    Every position of every pass is steered, the prefix too.

    Args:
        layers: All decoder layers of the model, one for each of the steering's vectors.
        steering: What to add; it is moved to the layers' device and type.

    Raises:
        ValueError: The steering is for another number of layers.
    """
    if len(layers) != len(steering.vectors):
        raise ValueError(f"{len(steering.vectors)} vectors cannot steer {len(layers)} layers")
    # [layers, rows, 1, hidden], made once: a hook runs for every layer of every token.
    added = steering.strengths[None, :, None, None] * steering.vectors[:, None, None, :]
    ready: dict[int, torch.Tensor] = {}

    def add(place: int, hidden: torch.Tensor) -> torch.Tensor:
        if place not in ready:
            copies = hidden.shape[0] // added.shape[1]
            ready[place] = added[place].to(hidden).repeat(copies, 1, 1)
        return hidden + ready[place]

    with hidden_state_hooks(layers, add):
        yield
