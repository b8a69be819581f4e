"""How much each chunk of a track counts in the track's mean."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonance_core.config import AggregateConfig

Array = NDArray[np.floating[Any]]


def chunk_weights(
    vectors: Array, rms: Array, start_s: Array, end_s: Array, config: AggregateConfig
) -> NDArray[np.float64]:
    """Return the weights of a track's chunks, ``[chunks]``, which sum to 1 or are all 0.

    Args:
        vectors: Activations, ``[chunks, layers, hidden]``.
        rms: Root mean square of the residual stream, ``[chunks, layers]``.
        start_s: Where each chunk starts, in seconds, ``[chunks]``.
        end_s: Where each chunk ends, in seconds, ``[chunks]``.
        config: The mode and its settings.

    Returns:
        All 0 where ``time_select`` finds no chunk inside the windows.
    """
    if config.mode == "time_select":
        inside = np.zeros(len(vectors), bool)
        for start, end in config.windows_s:
            inside |= (start_s >= start) & (end_s <= end)
        return inside / max(1, inside.sum())
    if config.mode == "attention_weighted":
        return _attention(vectors, rms, config.temperature)
    return np.full(len(vectors), 1 / len(vectors))


def _attention(vectors: Array, rms: Array, temperature: float) -> NDArray[np.float64]:
    """Return more weight for what repeats: each chunk's mean similarity with the others.

    Queries and keys are the chunks themselves, less the track's mean, which would drown what
    tells them apart, with every layer in its own scale and brought to length 1.
    """
    if len(vectors) == 1:
        return np.ones(1)
    deviations = (vectors - vectors.mean(0, dtype=np.float64)) / rms.mean(0)[:, None]
    flat = deviations.reshape(len(vectors), -1)
    lengths = np.linalg.norm(flat, axis=1, keepdims=True)
    units = flat / np.maximum(lengths, np.finfo(float).tiny)
    similarity = units @ units.T
    np.fill_diagonal(similarity, 0.0)
    scores = similarity.sum(1) / (len(vectors) - 1) / temperature
    grown: NDArray[np.float64] = np.exp(scores - scores.max())
    return grown / grown.sum()
