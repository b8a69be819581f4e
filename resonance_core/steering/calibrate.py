"""Calibration: which strengths of a direction leave the model making usable audio."""

import sys
from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict

SAFE_NORM = 3.2
"""The length of the added vector up to which the original system trusts a direction."""


class StrengthRange(BaseModel):
    """The strengths that are safe to use."""

    model_config = ConfigDict(frozen=True)

    low: float
    high: float
    recommended: float
    """Moves the music all the way, as from the reference to a playlist, or as near as it gets."""


class StrengthMap(BaseModel):
    """How strength grows with a slider's position, so that equal steps move the music equally."""

    model_config = ConfigDict(frozen=True)

    positions: tuple[float, ...]
    """Rising from 0, a slider's middle, to 1, its end."""
    strengths: tuple[float, ...]
    """The strength at each of them; between them it grows linearly."""

    def strength(self, position: float) -> float:
        """Return the strength of a position from 0 to 1."""
        return float(np.interp(position, self.positions, self.strengths))


def strength_map(
    strengths: Sequence[float], moved: Sequence[float], usable: StrengthRange
) -> StrengthMap:
    """Return a map from a slider's position to the strength that moves the music as far.

    The measured movement is made monotone by isotonic regression (Barlow et al. 1972, "Statistical
    Inference under Order Restrictions"). The end of the slider is where the movement stops growing,
    at most the end of the usable range: more would only spoil the music. A direction that moves
    nothing as far as was measured gets a straight map.

    Args:
        strengths: What was tried, rising from 0.
        moved: How far each moved the music, in any unit, from 0.
        usable: The usable strengths.
    """
    levels, lowest = _reached(strengths, moved, usable.high)
    if len(levels) == 1:
        return StrengthMap(positions=(0.0, 1.0), strengths=(0.0, usable.high))
    return StrengthMap(
        positions=tuple(level / levels[-1] for level in levels), strengths=tuple(lowest)
    )


def _reached(
    strengths: Sequence[float], moved: Sequence[float], high: float
) -> tuple[list[float], list[float]]:
    """Return how far the music gets, rising from 0, and the lowest strength that gets it there."""
    from scipy.optimize import isotonic_regression  # half a second, which few calls need

    tried = [place for place, strength in enumerate(strengths) if strength <= high]
    # That strength 0 moves nothing is exact, and takes no part in what noise pools: the others are
    # fitted under the bound that none lies below it, which is the free fit, clipped.
    rising = isotonic_regression([moved[place] for place in tried[1:]]).x.clip(min=0.0)
    levels, first = np.unique([0.0, *rising], return_index=True)
    return levels.tolist(), [strengths[tried[place]] for place in first]


def usable_range(
    strengths: Sequence[float], usable: Sequence[bool], moved: Sequence[float], upper: float
) -> StrengthRange | None:
    """Return the longest run of usable strengths, cut at an upper bound.

    Args:
        strengths: What was tried, rising from 0.
        usable: Whether each made usable audio.
        moved: How far each moved the music, the whole way counting 1.
        upper: No strength above this is allowed.

    Returns:
        The range, with the lowest strength recommended that moves the music the whole way, or
        else the furthest; where nothing moves, its middle. None where no strength above 0 is
        usable.
    """
    best: list[float] = []
    run: list[float] = []
    for strength, passes in zip(strengths, usable, strict=True):
        run = [*run, strength] if passes and strength <= upper else []
        if len(run) > len(best):
            best = run
    if not best or best[-1] <= 0:
        return None
    low, high = best[0], best[-1]
    levels, lowest = _reached(strengths, moved, high)
    recommended = float(np.interp(1.0, levels, lowest)) if len(levels) > 1 else (low + high) / 2
    return StrengthRange(low=low, high=high, recommended=max(low, recommended))


def analytic_upper(vector_norm: float, lambda_max: float) -> float:
    """Return the largest strength that the norm of the added vector allows.

    Args:
        vector_norm: Length of what strength 1 adds.
        lambda_max: No strength above this is allowed.
    """
    return min(lambda_max, max(1.0, SAFE_NORM / max(vector_norm, sys.float_info.min)))
