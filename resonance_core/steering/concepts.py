"""Concepts: directions from pairs of opposites, or from music that is labelled."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resonance_core.errors import ResonanceError

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Contrast:
    """What leads from low to high, and how sure that is.

    Attributes:
        difference: What one goes through from low to high, float32 ``[layers, hidden]``.
        split_half: Cosine between what one half of the music and the other half say,
            ``[layers]``: near 1 where the direction does not depend on which music was used.
        agreement: Mean cosine between the differences, high minus low, of two pairs that have
            no music in common, ``[layers]``.
    """

    difference: Vectors
    split_half: Vectors
    agreement: Vectors


def contrast(low: Vectors, high: Vectors) -> Contrast:
    """Return the difference of means of paired activations.

    The method is known as DiffMean or difference-in-means (Marks and Tegmark 2023, "The Geometry of
    Truth"), and where it steers as contrastive activation addition (Rimsky et al. 2023, "Steering
    Llama 2 via Contrastive Activation Addition"). The halves are every second pair and the others.

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


def contrast_by_label(tracks: Vectors, labels: NDArray[np.float64]) -> Contrast:
    """Return the least-squares slope of activations over labels, from the lowest to the highest.

    With two labels that is exactly the difference of the two groups' means (DiffMean). The halves
    are every second track in the order of the labels, and the others; with two labels, every
    second track of each group. The pairs are all of two tracks whose labels differ.

    Args:
        tracks: ``[tracks, layers, hidden]``.
        labels: ``[tracks]``, on any scale. At least two lie below some value and two above it,
            so that they vary in both halves.

    Raises:
        ResonanceError: The labels do not vary in one of the halves.
    """
    order = np.argsort(labels, kind="stable")
    vectors, sorted_labels = tracks[order].astype(np.float64), labels[order]
    halves = [_slope(vectors[start::2], sorted_labels[start::2]) for start in range(2)]
    span = sorted_labels[-1] - sorted_labels[0]
    return Contrast(
        difference=(span * _slope(vectors, sorted_labels)).astype(np.float32),
        split_half=_cosine(*halves),
        agreement=_agreement(vectors, sorted_labels),
    )


def _slope(vectors: NDArray[np.float64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the least-squares slope for each component, ``[layers, hidden]``."""
    centred = labels - labels.mean()
    if np.ptp(labels) == 0:
        raise ResonanceError(
            "the labels do not vary among every second track", "Add tracks with other labels"
        )
    return np.tensordot(centred, vectors, 1) / np.square(centred).sum()


def _agreement(vectors: NDArray[np.float64], labels: NDArray[np.float64]) -> Vectors:
    """Return the mean cosine between the differences of two pairs without a track in common."""
    by_track, same = np.zeros_like(vectors), np.zeros(vectors.shape[1])
    signs = np.sign(labels - labels[:, None])
    for track, sign in enumerate(signs):
        differences = sign[:, None, None] * (vectors - vectors[track])
        units = differences / _lengths(differences)
        by_track[track] = units.sum(0)
        same += np.square(units).sum((0, -1)) / 2  # a pair comes up at both its tracks
    counts = np.abs(signs).sum(1)
    pairs, total = counts.sum() / 2, by_track.sum(0) / 2
    # As in `contrast`, from squares of sums. Two pairs share one track at most, and a pair with
    # itself both, so those that share none are all, less those at each track, and once the same.
    sums = np.square(total).sum(-1) - np.square(by_track).sum((0, -1)) + same
    return (sums / (pairs**2 - np.square(counts).sum() + pairs)).astype(np.float32)


def _cosine(a: NDArray[np.float64], b: NDArray[np.float64]) -> Vectors:
    return ((a / _lengths(a)) * (b / _lengths(b))).sum(-1).astype(np.float32)


def _lengths(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the lengths of vectors, ``[..., 1]``, as divisors that are never 0."""
    return np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), np.finfo(float).tiny)
