"""Calibration: which strengths of a direction leave the model making usable audio."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict


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
