"""Aggregation: the activations of many tracks become one direction."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonance_core.errors import ResonanceError
from resonance_core.steering.direction import Direction


def aggregate_tracks(
    vectors: Sequence[NDArray[np.float32]],
    rms: Sequence[NDArray[np.float32]],
    weights: Sequence[NDArray[np.float64]],
    metadata: dict[str, Any],
) -> Direction:
    """Average over the chunks of each track, then over the tracks with equal weight.

    Args:
        vectors: For each track, at least one, its activations, ``[chunks, layers, hidden]``.
        rms: For each track the root mean square of its residual stream, ``[chunks, layers]``.
        weights: For each track how much its chunks count, ``[chunks]``, with the sum 1.
        metadata: Goes into the direction.

    Raises:
        ResonanceError: The mean is zero.
    """
    # Sums in float64: the result must not depend on how many tracks there are.
    means = [np.tensordot(w, track, 1) for w, track in zip(weights, vectors, strict=True)]
    return as_direction(np.mean(means, axis=0), vectors, rms, metadata)


def as_direction(
    per_layer: NDArray[np.floating],
    vectors: Sequence[NDArray[np.float32]],
    rms: Sequence[NDArray[np.float32]],
    metadata: dict[str, Any],
) -> Direction:
    """Return a direction with its reduction to one vector and the scale of what it was heard in.

    Args:
        per_layer: One vector a layer, ``[layers, hidden]``.
        vectors: For each track the activations it was found in, ``[chunks, layers, hidden]``.
        rms: For each track the root mean square of its residual stream, ``[chunks, layers]``.
        metadata: Goes into the direction.

    Raises:
        ResonanceError: The vectors' mean is zero.
    """
    mean = per_layer.mean(0)
    length = np.linalg.norm(mean)
    if not length > 0:
        raise ResonanceError(
            "the mean activation of these tracks is zero, so it points nowhere",
            "Check that the audio is not silent",
        )
    norms = [np.linalg.norm(track, axis=-1).mean(0) for track in vectors]
    scale = np.median(np.concatenate(rms), axis=0) * np.sqrt(per_layer.shape[-1])
    return Direction(
        per_layer=per_layer.astype(np.float32),
        one_to_all=(mean / length).astype(np.float32),
        layer_norm=np.mean(norms, axis=0).astype(np.float32),
        residual_scale=scale.astype(np.float32),
        metadata=metadata,
    )
