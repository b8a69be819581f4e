"""Estimates: means over prompts or playlists, with their bootstrap intervals."""

import numpy as np
from numpy.typing import NDArray

from resonance_core.evaluation.protocol import Protocol
from resonance_core.evaluation.results import Estimate
from resonance_core.evaluation.statistics import bootstrap_interval


def mean_estimate(values: NDArray[np.float64], protocol: Protocol) -> Estimate:
    """Return the mean of values with its interval.

    Args:
        values: One for each unit that says something of its own, such as a prompt or a playlist,
            ``[values]``.
        protocol: Says how intervals are made.
    """
    low, high = bootstrap_interval(
        values,
        lambda drawn: float(drawn.mean()),
        protocol.confidence,
        protocol.resamples,
        protocol.bootstrap_seed,
    )
    return Estimate(value=float(values.mean()), low=low, high=high)
