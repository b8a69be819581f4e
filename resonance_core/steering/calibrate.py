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

    The measured movement is made monotone by isotonic regression. The end of the slider is where
    the movement stops growing, at most the end of the usable range: more would only spoil the
    music. A direction that moves nothing as far as was measured gets a straight map.

    Args:
        strengths: What was tried, rising from 0.
        moved: How far each moved the music, in any unit, from 0.
        usable: The usable strengths.
    """
    from scipy.optimize import isotonic_regression  # half a second, which few calls need

    tried = [place for place, strength in enumerate(strengths) if strength <= usable.high]
    rising = isotonic_regression([moved[place] for place in tried]).x
    rising = np.maximum(rising - rising[0], 0.0)
    if rising[-1] <= 0:
        return StrengthMap(positions=(0.0, 1.0), strengths=(0.0, usable.high))
    # The lowest strength of each level that is reached.
    levels, first = np.unique(rising / rising[-1], return_index=True)
    return StrengthMap(
        positions=tuple(levels.tolist()), strengths=tuple(strengths[tried[i]] for i in first)
    )


def usable_range(
    strengths: Sequence[float], usable: Sequence[bool], upper: float
) -> StrengthRange | None:
    """Return the longest run of usable strengths, cut at an upper bound.

    Args:
        strengths: What was tried, rising.
        usable: Whether each made usable audio.
        upper: No strength above this is allowed.

    Returns:
        The range, with its middle recommended; None where no strength above 0 is usable.
    """
    best: list[float] = []
    run: list[float] = []
    for strength, passes in zip(strengths, usable, strict=True):
        run = [*run, strength] if passes and strength <= upper else []
        if len(run) > len(best):
            best = run
    if not best or best[-1] <= 0:
        return None
    return StrengthRange(low=best[0], high=best[-1], recommended=(best[0] + best[-1]) / 2)


def analytic_upper(vector_norm: float, lambda_max: float) -> float:
    """Return the largest strength that the norm of the added vector allows.

    Args:
        vector_norm: Length of what strength 1 adds.
        lambda_max: No strength above this is allowed.
    """
    return min(lambda_max, max(1.0, SAFE_NORM / max(vector_norm, sys.float_info.min)))
