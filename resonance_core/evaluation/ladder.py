"""Scores of the ladder's rungs: what each step brings."""

from collections.abc import Mapping, Sequence

import numpy as np

from resonance_core.evaluation.estimates import mean_estimate
from resonance_core.evaluation.grid import Grid
from resonance_core.evaluation.protocol import Protocol
from resonance_core.evaluation.results import PlaylistScore, RungScore
from resonance_core.evaluation.sliders import SCORERS, random_slopes, ratio, split_effects
from resonance_core.evaluation.statistics import slopes
from resonance_core.judge.features import ATTRIBUTES


def score_rung(
    rung: str,
    grids: Mapping[str, Grid],
    randoms: Sequence[Grid],
    playlists: Sequence[PlaylistScore],
    top_1_shuffled: float,
    protocol: Protocol,
) -> RungScore:
    """Judge one rung.

    Args:
        rung: Its name.
        grids: The pieces of each slider.
        randoms: The pieces of the random directions.
        playlists: What came of the playlists.
        top_1_shuffled: The share that shuffled tracks brought closest to a playlist.
        protocol: Says how intervals are made.
    """
    ratios, overs, effects = [], [], []
    for slider, grid in grids.items():
        scorer = SCORERS[slider]
        own = slopes(grid.strengths, grid.standard(scorer))
        ratios.append(ratio(own, random_slopes(randoms, scorer)))
        on, others = split_effects(slider, {name: grid.effect(name) for name in ATTRIBUTES})
        effects.append(on)
        overs.append(on / max(float(others.mean()), 1e-9))
    return RungScore(
        rung=rung,
        ratio=float(np.mean(ratios)),
        right_way=float(
            np.mean([grid.right_way(SCORERS[slider]) for slider, grid in grids.items()])
        ),
        effect=float(np.mean(effects)),
        on_over_off=float(np.mean(overs)),
        failed=float(np.mean([grid.failed_at_ends for grid in grids.values()])),
        top_1=mean_estimate(np.array([score.top_1 for score in playlists]), protocol),
        top_1_shuffled=top_1_shuffled,
        playlists=tuple(playlists),
    )
