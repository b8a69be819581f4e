"""The statistics of the protocol: monotone sweeps, slopes, effects, intervals."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]

MONOTONE = 0.8
"""A sweep with a higher rank correlation of strength and score counts as monotone."""


def rank_correlations(strengths: Array, scores: Array) -> Array:
    """Return Spearman's rho of each sweep, ``[pieces]``; 0 where a sweep's scores are all alike.

    Args:
        strengths: ``[strengths]``.
        scores: ``[strengths, pieces]``.
    """
    rising = stats.rankdata(strengths)
    ranks = stats.rankdata(scores, axis=0)
    rising, ranks = rising - rising.mean(), ranks - ranks.mean(0)
    spread = np.sqrt(np.square(rising).sum() * np.square(ranks).sum(0))
    found: Array = rising @ ranks / np.maximum(spread, np.finfo(float).tiny)
    return found


def monotone(strengths: Array, scores: Array) -> Array:
    """Return which sweeps are monotone, 1 or 0, ``[pieces]``.

    Args:
        strengths: ``[strengths]``.
        scores: ``[strengths, pieces]``.
    """
    return (rank_correlations(strengths, scores) > MONOTONE).astype(float)


def slopes(strengths: Array, scores: Array) -> Array:
    """Return the least-squares slope of each sweep, score per strength, ``[pieces]``.

    It is 0 where there is only one strength.

    Args:
        strengths: ``[strengths]``.
        scores: ``[strengths, pieces]``.
    """
    centred = strengths - strengths.mean()
    found: Array = centred @ scores / max(centred @ centred, 1e-9)
    return found


def bootstrap_interval(
    values: Array,
    statistic: Callable[[Array], float],
    confidence: float,
    resamples: int,
    seed: int,
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a statistic of independent units.

    The method is the percentile bootstrap (Efron and Tibshirani 1993, "An Introduction to the
    Bootstrap").

    Args:
        values: One or more numbers a unit, such as a track, ``[units, ...]``; units are drawn as
            a whole.
        statistic: From such an array to a number.
        confidence: Share of the resamples inside.
        resamples: How many.
        seed: Of the draws.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(values), (resamples, len(values)))
    found = np.array([statistic(values[rows]) for rows in drawn])
    low, high = np.quantile(found, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def larger_p(slope: float, controls: Array) -> float:
    """Return the one-sided p of a direction's mean slope being no larger than random ones'.

    The unit is the direction, for all pieces of one share what it does. It is Student's t of one
    more draw: the controls are taken for draws from a normal distribution whose mean is 0, as the
    sign of a random direction means nothing, and the slope, if it is no larger, for another one.

    Args:
        slope: Mean over its pieces.
        controls: The mean slopes of the random directions, ``[directions]``.
    """
    spread = np.sqrt(np.square(controls).mean())
    return float(stats.t.sf(slope / max(spread, 1e-9), len(controls)))
