"""Collecting activations: hidden states are pooled inside the forward and never kept whole."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import nn

from resonance_core.steering.hooks import hidden_state_hooks


class Pooled:
    """What a collection found, once the forward has run."""

    def __init__(self, layers: int) -> None:
        self._means: list[torch.Tensor | None] = [None] * layers
        self._squares: list[torch.Tensor | None] = [None] * layers

    def put(self, place: int, mean: torch.Tensor, mean_square: torch.Tensor) -> None:
        """Keep one layer's pooled states."""
        self._means[place] = mean
        self._squares[place] = mean_square

    @property
    def means(self) -> torch.Tensor:
        """Mean hidden state, float32 ``[rows, layers, hidden]``."""
        return torch.stack([mean for mean in self._means if mean is not None], dim=1)

    @property
    def rms(self) -> torch.Tensor:
        """Root mean square over positions and hidden units, float32 ``[rows, layers]``."""
        return torch.stack([sq for sq in self._squares if sq is not None], dim=1).sqrt()


@contextmanager
def collect(layers: Sequence[nn.Module], mask: torch.Tensor) -> Iterator[Pooled]:
    """Pool what each layer puts out over the positions that a mask keeps.

    Args:
        layers: The decoder layers to read.
        mask: Which positions of each row count, bool ``[rows, positions]``; every row must
            keep at least one.
    """
    weights = mask.float() / mask.sum(1, keepdim=True)
    pooled = Pooled(len(layers))

    def pool(place: int, hidden: torch.Tensor) -> None:
        states = hidden.float()
        pooled.put(
            place,
            torch.einsum("rp,rph->rh", weights, states),
            torch.einsum("rp,rp->r", weights, states.square().mean(-1)),
        )

    with hidden_state_hooks(layers, pool):
        yield pooled
