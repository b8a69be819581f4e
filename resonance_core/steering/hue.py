"""Hue: where a playlist lies in a circle, so that playlists that sound alike look alike."""

import math

import numpy as np
from numpy.typing import NDArray

from resonance_core.steering.vocabulary import Vocabulary


def hue(
    vectors: NDArray[np.floating], scale: NDArray[np.floating], vocabulary: Vocabulary
) -> float:
    """Return the angle of a centred direction among a model's words, in degrees, 0 to 360.

    The plane is that of the first two principal components of what the model hears in the music
    of all its words (Pearson 1901, "On Lines and Planes of Closest Fit to Systems of Points in
    Space"): it is the model's and the same whatever else was ingested, and in it words, and so
    playlists, differ most. Both components count alike, or most hues would be of the first.

    Args:
        vectors: The direction, less its reference, ``[layers, hidden]``.
        scale: Norm of the residual stream in each layer, so that all of them count alike,
            ``[layers]``.
        vocabulary: Of the same layers.
    """
    deviations = vocabulary.heard - vocabulary.heard.mean(0, dtype=np.float64)
    heard = (deviations / scale[:, None]).reshape(len(vocabulary.prompts), -1)
    # Of the Gram matrix, which is smaller: prompts are few, and hidden states wide.
    variances, scores = np.linalg.eigh(heard @ heard.T)
    first, second = scores[:, -1], scores[:, -2]
    likeness = heard @ (vectors / scale[:, None]).ravel()
    across = _upright(first) @ likeness / variances[-1]
    up = _upright(second) @ likeness / variances[-2] if variances[-2] > 0 else 0.0
    return math.degrees(math.atan2(up, across)) % 360.0


def _upright(component: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a component with the sign that makes its largest score positive: it has none."""
    return component * np.sign(component[np.abs(component).argmax()])
