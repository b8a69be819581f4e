"""Concepts: directions from pairs of opposites, such as calm and energetic music."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resonance_core.errors import ResonanceError

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Contrast:
    """What sets two poles apart, and how sure that is.

    Attributes:
        difference: Mean of high minus low, float32 ``[layers, hidden]``.
        split_half: Cosine between the differences of every second pair and of the others,
            ``[layers]``: near 1 where the direction does not depend on which pairs were used.
        agreement: Mean cosine between the differences of two pairs, ``[layers]``.
    """

    difference: Vectors
    split_half: Vectors
    agreement: Vectors


def contrast(low: Vectors, high: Vectors) -> Contrast:
    """Return the difference of means of paired activations.

    The method is known as DiffMean, difference-in-means or contrastive activation addition
    (Rimsky et al. 2024, "Steering Llama 2 via Contrastive Activation Addition").

    Args:
        low: ``[pairs, layers, hidden]``.
        high: The same pairs' other pole, of the same shape.

    Raises:
        ResonanceError: Fewer than two pairs, or poles that do not differ.
    """
    if len(low) < 2:
        raise ResonanceError(f"{len(low)} pair makes no concept", "Give at least two pairs")
    differences = high.astype(np.float64) - low
    lengths = np.linalg.norm(differences, axis=-1, keepdims=True)
    if not (lengths > 0).all():
        raise ResonanceError(
            "the two poles of a pair are the same to the model", "Use words that differ more"
        )
    units = differences / lengths
    count = len(units)
    # The sum over all pairs of two, from the square of the sum.
    agreement = (np.square(units.sum(0)).sum(-1) - count) / (count * (count - 1))
    return Contrast(
        difference=differences.mean(0).astype(np.float32),
        split_half=_cosine(differences[::2].mean(0), differences[1::2].mean(0)),
        agreement=agreement.astype(np.float32),
    )


def _cosine(a: NDArray[np.float64], b: NDArray[np.float64]) -> Vectors:
    lengths = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    return ((a * b).sum(-1) / np.maximum(lengths, np.finfo(float).tiny)).astype(np.float32)
