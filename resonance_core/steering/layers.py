"""Choosing layers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class LayerScan:
    """The outcome of a scan.

    Attributes:
        layers: The layers scanned.
        scores: One score a layer, the higher the better, float ``[len(layers)]``.
        best: The layer with the highest score.
    """

    layers: tuple[int, ...]
    scores: tuple[float, ...]
    best: int


def middle_third(count: int) -> tuple[int, ...]:
    """Return the middle third of ``count`` layers, at least one.

    Six layers give 2 and 3, forty-eight give 16 to 31.
    """
    first = count // 3
    return tuple(range(first, max(first + 1, count - first)))


def scan_by_norm(layers: tuple[int, ...], layer_norm: NDArray[np.float32], count: int) -> LayerScan:
    """Score the layers of the middle third as the original system does.

    The score is the mean activation norm, relative to the largest of the scanned ones, less the
    distance from the centre of the third, relative to its half width: a strong layer near the
    middle wins. It measures no effect on the music.

    Args:
        layers: The layers that ``layer_norm`` belongs to.
        layer_norm: Mean activation norm of each, ``[len(layers)]``.
        count: Layers of the whole model.

    Returns:
        The scan over those of ``layers`` that lie in the middle third, or over all of them
        where none does.
    """
    middle = [i for i, layer in enumerate(layers) if layer in middle_third(count)]
    places = middle or list(range(len(layers)))
    scanned = np.array([layers[place] for place in places], dtype=float)
    norms = layer_norm[places].astype(float)
    centre = (scanned[0] + scanned[-1]) / 2
    half_width = max((scanned[-1] - scanned[0]) / 2, 1.0)
    scores = norms / max(norms.max(), 1e-12) - np.abs(scanned - centre) / half_width
    return LayerScan(
        layers=tuple(int(layer) for layer in scanned),
        scores=tuple(float(score) for score in scores),
        best=int(scanned[int(scores.argmax())]),
    )


def shares_by_effect(
    layers: Sequence[int], effects: Sequence[float], keep: int
) -> list[tuple[int, float]]:
    """Return the layers that are worth steering, each with a share as large as its effect.

    Args:
        layers: Those that were tried.
        effects: How far the music moved the right way when each was steered alone.
        keep: How many layers are kept at most.

    Returns:
        Layer and share, in the order of the layers; all of them alike where none moved the music
        the right way.
    """
    best = sorted(range(len(layers)), key=lambda place: -effects[place])[:keep]
    kept = [(layers[place], effects[place]) for place in sorted(best) if effects[place] > 0]
    return kept or [(layer, 1.0) for layer in layers]
