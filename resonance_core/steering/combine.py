"""Several directions at once: the first is protected, and all share one budget."""

from collections.abc import Sequence

import torch


def combine(
    displacements: Sequence[torch.Tensor], strengths: torch.Tensor, budget: float
) -> torch.Tensor:
    """Add up what several directions add, ``[rows, layers, hidden]``.

    In each layer a direction loses what it shares with those before it (Gram-Schmidt), so a
    slider doesn't take back what the playlist gives. Where the sum of several is longer than one
    direction at the strength ``budget``, it is shortened to that.

    Args:
        displacements: What strength 1 of each adds, ``[layers, hidden]``; the first is protected.
        strengths: How much of each a row gets, ``[rows, directions]``.
        budget: The largest strength of several in all; one alone is not limited.
    """
    apart: list[torch.Tensor] = []
    for displacement in displacements:
        rest = displacement
        for other in apart:
            rest = rest - _along(rest, other)
        apart.append(rest)
    total = torch.einsum("rd,dlh->rlh", strengths.to(apart[0]), torch.stack(apart))
    if len(apart) == 1:
        return total
    limit = budget * torch.stack(list(displacements)).norm(dim=-1).amax(0)  # [layers]
    length = total.norm(dim=-1)
    shrunk = (limit / length.clamp_min(_tiny(length))).clamp(max=1)
    return total * shrunk[..., None]


def _along(vectors: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """Return the part of each vector that points along another; 0 where that one is 0."""
    squared = others.square().sum(-1, keepdim=True)
    share = (vectors * others).sum(-1, keepdim=True) / squared.clamp_min(_tiny(squared))
    return share * others


def _tiny(values: torch.Tensor) -> float:
    return torch.finfo(values.dtype).tiny
