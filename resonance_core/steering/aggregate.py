"""Aggregation: the activations of many tracks become one direction."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonance_core.errors import ResonanceError
from resonance_core.steering.direction import Direction


def aggregate_mean(
    vectors: Sequence[NDArray[np.float32]],
    rms: Sequence[NDArray[np.float32]],
    metadata: dict[str, Any],
) -> Direction:
    """Average over the chunks of each track, then over the tracks with equal weight.

    Args:
        vectors: For each track, at least one, its activations, ``[chunks, layers, hidden]``.
        rms: For each track the root mean square of its residual stream, ``[chunks, layers]``.
        metadata: Goes into the direction.

    Raises:
        ResonanceError: The mean is zero.
    """
    # Sums in float64: the result must not depend on how many tracks there are.
    per_layer = np.mean([track.mean(0, dtype=np.float64) for track in vectors], axis=0)
    norms = np.mean([np.linalg.norm(track, axis=-1).mean(0) for track in vectors], axis=0)
    residual = np.median(np.concatenate(rms), axis=0) * np.sqrt(per_layer.shape[-1])
    mean = per_layer.mean(0)
    length = np.linalg.norm(mean)
    if not length > 0:
        raise ResonanceError(
            "the mean activation of these tracks is zero, so it points nowhere",
            "Check that the audio is not silent",
        )
    return Direction(
        per_layer=per_layer.astype(np.float32),
        one_to_all=(mean / length).astype(np.float32),
        layer_norm=norms.astype(np.float32),
        residual_scale=residual.astype(np.float32),
        metadata=metadata,
    )
