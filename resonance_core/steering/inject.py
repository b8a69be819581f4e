"""Injecting directions: vectors are added to the hidden states while the model generates.

The method is known as activation addition (Turner et al. 2023, "Activation Addition: Steering
Language Models Without Optimization").
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import nn

from resonance_core.steering.hooks import hidden_state_hooks


@dataclass(frozen=True)
class Steering:
    """What is added to the hidden states of each row, where and when.

    Attributes:
        displacements: Added to the output of each layer, ``[rows, layers, hidden]``.
        rows: ``both`` steers the conditional and the unconditional rows of guidance,
            ``conditional`` the conditional ones only.
        positions: ``all`` steers the prompt's positions too, where the prompt is prepended;
            ``audio`` leaves them.
        keep_norm: Every steered position gets the length back that it had.
        envelope: What the displacements are multiplied with in each frame of a piece, its
            opening's among them, ``[frames]``; the last value goes on. None multiplies with 1.
    """

    displacements: torch.Tensor
    rows: Literal["both", "conditional"] = "both"
    positions: Literal["all", "audio"] = "all"
    keep_norm: bool = False
    envelope: torch.Tensor | None = None

    def select(self, rows: Sequence[int]) -> "Steering":
        """Return the steering of some of the rows."""
        return replace(self, displacements=self.displacements[list(rows)])

    def from_frame(self, frame: int) -> "Steering":
        """Return the steering of pieces from one of their frames on."""
        if self.envelope is None:
            return self
        return replace(self, envelope=self.envelope[min(frame, len(self.envelope) - 1) :])


class Injection:
    """A steering at work.

    Attributes:
        start: The first position of the next pass, counted from the beginning of the prefix.
            Whoever runs the passes sets it.
    """

    def __init__(self, steering: Steering, prefix: int) -> None:
        self.start = 0
        self._steering = steering
        self._prefix = prefix
        self._spared = prefix if steering.positions == "audio" else 0
        self._ready: dict[int, torch.Tensor] = {}

    def add(self, place: int, hidden: torch.Tensor) -> torch.Tensor:
        """Return a layer's hidden states, ``[rows, positions, hidden]``, with what is added."""
        added = self._ready.get(place)
        if added is None:
            added = self._ready[place] = self._displacement(place, hidden)
        positions = hidden.shape[1]
        skipped = min(positions, max(0, self._spared - self.start))
        before = hidden[:, skipped:] if skipped else hidden  # a view takes as long as a small sum
        after = before + self._at(self.start + skipped, positions - skipped, added)
        if self._steering.keep_norm:
            length = after.norm(dim=-1, keepdim=True).clamp_min(torch.finfo(after.dtype).tiny)
            after = after * (before.norm(dim=-1, keepdim=True) / length)
        return torch.cat([hidden[:, :skipped], after], dim=1) if skipped else after

    def _displacement(self, place: int, hidden: torch.Tensor) -> torch.Tensor:
        """Return what one layer gets, ``[rows, 1, hidden]``, made once.

        Rows that are not steered get 0, which is faster than to leave them out of the sum.
        """
        added = self._steering.displacements[:, place, None].to(hidden)
        others = hidden.shape[0] // len(added) - 1
        repeated = added if self._steering.rows == "both" else torch.zeros_like(added)
        return torch.cat([added, *[repeated] * others])

    def _at(self, start: int, positions: int, added: torch.Tensor) -> torch.Tensor:
        """Return what some positions get; the envelope begins at the first audio position."""
        if self._steering.envelope is None:
            return added
        envelope = self._steering.envelope.to(added)
        frames = torch.arange(start, start + positions, device=added.device) - self._prefix
        return envelope[frames.clamp(0, len(envelope) - 1)][None, :, None] * added


@contextmanager
def inject(layers: Sequence[nn.Module], steering: Steering, prefix: int) -> Iterator[Injection]:
    """Steer the output of every layer until the context ends.

    Layers that nothing is added to are left alone.

    Args:
        layers: All decoder layers of the model.
        steering: What to add; it is moved to the layers' device and type. With guidance the
            conditional rows come first.
        prefix: Positions that the conditioning takes before the audio.

    Raises:
        ValueError: The steering is for another number of layers.
    """
    if len(layers) != steering.displacements.shape[1]:
        raise ValueError(
            f"displacements of {steering.displacements.shape[1]} layers cannot steer "
            f"{len(layers)} layers"
        )
    injection = Injection(steering, prefix)
    steered = [i for i in range(len(layers)) if bool(steering.displacements[:, i].any())]
    with hidden_state_hooks(
        [layers[i] for i in steered], lambda place, hidden: injection.add(steered[place], hidden)
    ):
        yield injection
