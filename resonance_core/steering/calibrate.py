"""Calibration: which strengths of a direction leave the model making usable audio."""

import sys
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

SAFE_NORM = 3.2
"""The length of the added vector up to which the original system trusts a direction."""


class StrengthRange(BaseModel):
    """The strengths that are safe to use."""

    model_config = ConfigDict(frozen=True)

    low: float
    high: float
    recommended: float


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
