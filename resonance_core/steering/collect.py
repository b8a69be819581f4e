"""Collecting activations: hidden states are pooled inside the forward and never kept whole."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import nn

from resonance_core.config import Pooling
from resonance_core.models.base import Capture
from resonance_core.steering.hooks import hidden_state_hooks


class Pooled:
    """What a collection found, once the forward has run.

    Args:
        layers: How many are read.
        kept: The positions that are kept by themselves, ``[frames]``; None where none are.
    """

    def __init__(self, layers: int, kept: torch.Tensor | None) -> None:
        self._found: list[dict[str, torch.Tensor]] = [{} for _ in range(layers)]
        self._kept = kept

    def put(self, place: int, **found: torch.Tensor) -> None:
        """Keep one layer's pooled states, by the fields of `Capture`."""
        self._found[place] = found

    def capture(self, start: int = 0) -> Capture:
        """Return what was found.

        Args:
            start: The position that hears the first frame.
        """
        arrays = {
            name: torch.stack([layer[name] for layer in self._found], dim=1).cpu().numpy()
            for name in self._found[0]
        }
        frames = None if self._kept is None else (self._kept - start).int().cpu().numpy()
        return Capture(**arrays, frames=frames)


@contextmanager
def collect(
    layers: Sequence[nn.Module],
    mask: torch.Tensor,
    pooling: Pooling = "mean",
    stride: int | None = None,
) -> Iterator[Pooled]:
    """Pool what each layer puts out over the positions that a mask keeps.

    Args:
        layers: The decoder layers to read.
        mask: Which positions of each row count, bool ``[rows, positions]``; every row must
            keep at least one, and for ``last`` and ``strided`` all rows the same.
        pooling: What is kept of them.
        stride: From one kept position to the next, for ``strided``.
    """
    weights = mask.float() / mask.sum(1, keepdim=True)
    audible = mask[0].nonzero()[:, 0]
    pooled = Pooled(len(layers), audible[::stride] if pooling == "strided" else None)

    def pool(place: int, hidden: torch.Tensor) -> None:
        with torch.autocast(hidden.device.type, enabled=False):
            pool_in_full(place, hidden)

    def pool_in_full(place: int, hidden: torch.Tensor) -> None:
        states = hidden.float()
        found = {"rms": torch.einsum("rp,rp->r", weights, states.square().mean(-1)).sqrt()}
        # Indexed by a list, so that what is kept is a copy that holds no whole sequence.
        if pooling == "strided":
            found["vectors"] = states[:, audible[::stride]]
        elif pooling == "last":
            found["vectors"] = states[:, audible[-1:]].squeeze(1)
        else:
            found["vectors"] = mean = torch.einsum("rp,rph->rh", weights, states)
            if pooling == "mean+std":
                variance = torch.einsum("rp,rph->rh", weights, (states - mean[:, None]).square())
                found["std"] = variance.sqrt()
        pooled.put(place, **found)

    with hidden_state_hooks(layers, pool):
        yield pooled


@contextmanager
def cut_after(decoder: nn.Module, last: int) -> Iterator[None]:
    """Run a decoder up to one of its ``layers`` and none after it, until the context ends.

    Args:
        decoder: Goes through its list of ``layers``; meanwhile what it returns means nothing.
        last: The last layer that is run.
    """
    whole = decoder.layers
    assert isinstance(whole, nn.ModuleList)
    decoder.layers = whole[: last + 1]
    try:
        yield
    finally:
        decoder.layers = whole
