"""Scores of sliders: do they move what they name, and nothing else?"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from resonance_core.evaluation.estimates import mean_estimate
from resonance_core.evaluation.grid import Grid
from resonance_core.evaluation.protocol import Protocol
from resonance_core.evaluation.results import CurvePoint, Estimate, SliderScore
from resonance_core.evaluation.statistics import larger_p, monotone, slopes
from resonance_core.judge.features import ATTRIBUTES, DIRECT_MEASURES

Array = NDArray[np.float64]

SCORERS = {**{name: name for name in ATTRIBUTES}, "energy": DIRECT_MEASURES["energy"]}
"""What each slider is judged by: its probe, which reads the corpus better than the direct measure,
save for energy, which is loudness above all."""


def score_slider(
    slider: str,
    positions: Sequence[float],
    grid: Grid,
    randoms: Sequence[Grid],
    protocol: Protocol,
) -> SliderScore:
    """Judge one slider.

    Args:
        slider: Its name, one of the judge's attributes.
        positions: Of the slider, one a strength of the grid.
        grid: Its pieces.
        randoms: The pieces of the random directions.
        protocol: Says how intervals are made.
    """
    scorer, direct = SCORERS[slider], DIRECT_MEASURES[slider]
    own = slopes(grid.strengths, grid.standard(scorer))
    controls = random_slopes(randoms, scorer)
    by_direction = controls.mean(1)
    effects = {name: grid.effect(name) for name in ATTRIBUTES}
    on, others = split_effects(slider, effects)
    read = grid.readings[scorer]

    def estimate(values: Array) -> Estimate:
        return mean_estimate(grid.by_prompt(values), protocol)

    return SliderScore(
        slider=slider,
        scorer=scorer,
        monotone=estimate(monotone(grid.strengths, read)),
        monotone_prompts=mean_estimate(monotone(grid.strengths, grid.by_prompt(read)), protocol),
        direct_measure=direct,
        direct_monotone=float(monotone(grid.strengths, grid.readings[direct]).mean()),
        slope=estimate(own),
        random_mean=float(np.abs(by_direction).mean()),
        random_max=float(np.abs(by_direction).max()),
        ratio=ratio(own, controls),
        p=larger_p(float(own.mean()), by_direction),
        right_way=grid.right_way(scorer),
        failed=grid.failed_at_ends,
        curve=tuple(
            CurvePoint(
                position=position,
                strength=strength,
                score=estimate(values),
                failed=float(failed.mean()),
            )
            for position, strength, values, failed in zip(
                positions,
                grid.strengths.tolist(),
                grid.standard(scorer),
                grid.failed,
                strict=True,
            )
        ),
        effects=effects,
        on_over_off=on / max(float(others.mean()), 1e-9),
        worst_on_over_off=on / max(float(others.max()), 1e-9),
    )


def random_slopes(randoms: Sequence[Grid], scorer: str) -> Array:
    """Return the slopes of random directions' pieces on a score, ``[directions, pieces]``."""
    return np.stack([slopes(grid.strengths, grid.standard(scorer)) for grid in randoms])


def ratio(own: Array, controls: Array) -> float:
    """Return a mean slope over the mean of random directions' absolute mean slopes.

    Args:
        own: ``[pieces]``.
        controls: ``[directions, pieces]``.
    """
    return float(own.mean() / max(np.abs(controls.mean(1)).mean(), 1e-9))


def split_effects(slider: str, effects: Mapping[str, float]) -> tuple[float, Array]:
    """Return a slider's effect on its own attribute, and the absolute ones on the others."""
    others = [abs(effect) for name, effect in effects.items() if name != slider]
    return effects[slider], np.array(others)
