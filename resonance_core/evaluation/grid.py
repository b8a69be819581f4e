"""A grid: the same pieces at every strength of a direction, and what was read from each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resonance_core.store.clips import Clips

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """Pieces by strength.

    Attributes:
        strengths: Rising, 0 among them, ``[strengths]``.
        prompts: Of each piece, ``[pieces]``.
        readings: Each measure and each level, ``[strengths, pieces]``.
        failed: Whether the gate found a fault, ``[strengths, pieces]``.
    """

    strengths: Array
    prompts: NDArray[np.str_]
    readings: dict[str, Array]
    failed: NDArray[np.bool_]

    @classmethod
    def of(cls, unsteered: Clips, steered: Sequence[Clips]) -> "Grid":
        """Arrange clips of the same pieces.

        Args:
            unsteered: The pieces at strength 0.
            steered: The pieces at other strengths, each of which is played with all of them.
        """
        pieces = len(unsteered.strength)
        parts = [unsteered, *steered]
        strengths = np.concatenate([clips.strength for clips in parts])[::pieces]
        order = np.argsort(strengths)

        def arrange(values: Sequence[NDArray[np.generic]]) -> NDArray[np.generic]:
            return np.concatenate(values).reshape(len(strengths), pieces)[order]

        named = [clips.verdict.measures | clips.verdict.levels for clips in parts]
        return cls(
            strengths=strengths[order],
            prompts=unsteered.prompt,
            readings={
                name: arrange([found[name] for found in named]).astype(float) for name in named[0]
            },
            failed=arrange([clips.failed for clips in parts]).astype(bool),
        )

    @property
    def middle(self) -> int:
        """The row of strength 0."""
        return int(np.flatnonzero(self.strengths == 0)[0])

    @property
    def ends(self) -> list[int]:
        """The rows of the lowest and the highest strength, but for strength 0."""
        return [row for row in {0, len(self.strengths) - 1} if row != self.middle]

    def spread(self, name: str) -> float:
        """Return the standard deviation of a reading over the unsteered pieces."""
        return float(self.readings[name][self.middle].std(ddof=1))

    def standard(self, name: str) -> Array:
        """Return a reading in standard deviations of the unsteered pieces, from their mean."""
        values = self.readings[name]
        return (values - values[self.middle].mean()) / max(self.spread(name), 1e-9)

    def by_prompt(self, values: Array) -> Array:
        """Return the mean over the pieces of each prompt, ``[..., pieces]`` to ``[..., prompts]``.

        The pieces of a prompt are as many as of any other, and what is so of one is mostly so of
        the others: intervals are made over prompts.
        """
        found = [values[..., self.prompts == prompt].mean(-1) for prompt in np.unique(self.prompts)]
        return np.stack(found, axis=-1)

    def effect(self, name: str) -> float:
        """Return how far a reading goes from the lowest to the highest strength, standardised."""
        values = self.standard(name)
        return float((values[-1] - values[0]).mean())

    def right_way(self, name: str) -> float:
        """Return the share of pieces at the ends that read on the right side of strength 0."""
        values = self.readings[name]
        sides = [
            np.sign(self.strengths[row]) * (values[row] - values[self.middle]) > 0
            for row in self.ends
        ]
        return float(np.mean(sides)) if sides else 0.0

    @property
    def failed_at_ends(self) -> float:
        """The share of pieces at the ends in which the gate found a fault."""
        return float(self.failed[self.ends].mean()) if self.ends else 0.0
