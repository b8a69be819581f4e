"""Measuring: two sides measured in turn, and the figure that comes of it."""

import statistics
import time
from collections.abc import Callable
from typing import Literal

import torch
from pydantic import BaseModel, computed_field

Side = Callable[[], float]
"""Does one side's work and returns what it took, in seconds or in another unit."""
Unit = Literal["s", "MiB", "s/track", "B/track", "s/shard"]


class Figure(BaseModel):
    """One ratio of two times, or of two amounts of memory or disk."""

    name: str
    ratio: float
    """Median over the repeats of the numerator by the denominator."""
    target: float
    better: Literal["higher", "lower", "alike"]
    """The side of the target on which the ratio should lie; ``alike``: neither amount should be
    more than target times the other."""
    measured: dict[str, list[float]]
    """Every repeat of both sides, the numerator first."""
    unit: Unit
    repeats: int
    threads: int
    """CPU threads of one model call."""
    model: str
    conditions: dict[str, float]
    """How much work a side does, such as tracks and chunks."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def met(self) -> bool:
        """Whether the target is met."""
        if self.better == "alike":
            return 1 / self.target <= self.ratio <= self.target
        reached = self.ratio >= self.target
        return reached if self.better == "higher" else self.ratio <= self.target


def timed(work: Callable[[], object]) -> Side:
    """Return a side that takes as long as the whole of its work."""

    def side() -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    return side


def compare(
    name: str,
    *,
    numerator: tuple[str, Side],
    denominator: tuple[str, Side],
    target: float,
    better: Literal["higher", "lower"],
    repeats: int,
    model: str,
    conditions: dict[str, float],
    unit: Unit = "s",
) -> Figure:
    """Measure two sides in turn and return the median of their ratios.

    A shared machine is slower at one time than at another; the two sides of one repeat are
    close in time, so that their ratio hardly changes.

    Args:
        name: The figure's name.
        numerator: Name and work of one side; it runs second.
        denominator: Name and work of the other; it runs first.
        target: What the ratio should reach, or stay below.
        better: Which of the two.
        repeats: How often each side runs.
        model: Which model works on both sides.
        conditions: How much work a side does.
        unit: Of what the sides return.
    """
    above, below = [], []
    for _ in range(repeats):
        below.append(denominator[1]())
        above.append(numerator[1]())
    return Figure(
        name=name,
        ratio=statistics.median(a / b for a, b in zip(above, below, strict=True)),
        target=target,
        better=better,
        measured={numerator[0]: above, denominator[0]: below},
        unit=unit,
        repeats=repeats,
        threads=torch.get_num_threads(),
        model=model,
        conditions=conditions,
    )
