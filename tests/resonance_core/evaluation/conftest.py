import numpy as np
import pytest

from resonance_core.evaluation.grid import Grid
from resonance_core.judge.features import ATTRIBUTES, DIRECT_MEASURES
from resonance_core.judge.probes import Verdict
from resonance_core.store.clips import Clips

PIECES = 12


def made_up(strengths, effects, noise=0.1, seed=0, failed=0.0) -> Clips:
    """Clips whose readings grow with the strength as ``effects`` say, by attribute."""
    rng = np.random.default_rng(seed)
    each = np.repeat(np.array(strengths, float), PIECES)
    base = np.tile(np.random.default_rng(99).standard_normal((len(ATTRIBUTES), PIECES)), 1)

    def reading(place, name):
        start = np.tile(base[place], len(strengths))
        return start + effects.get(name, 0.0) * each + noise * rng.standard_normal(len(each))

    levels = {name: reading(place, name) for place, name in enumerate(ATTRIBUTES)}
    return Clips(
        strength=each,
        prompt=np.tile(np.repeat(["music", "a song"], PIECES // 2), len(strengths)),
        seed=np.tile(np.arange(PIECES), len(strengths)),
        faults=[["quiet"] if s and rng.random() < failed else [] for s in each],
        verdict=Verdict(
            measures={DIRECT_MEASURES[name]: values for name, values in levels.items()},
            levels=levels,
            genres=np.array(["techno"] * len(each)),
            vectors=np.zeros((len(each), 3)),
        ),
    )


@pytest.fixture
def grid():
    """Makes a grid of strengths -2 to 2 from effects by attribute."""

    def make(effects, steered=(-2.0, -1.0, 1.0, 2.0), **how) -> Grid:
        unsteered = made_up([0.0], effects, **how)
        return Grid.of(unsteered, [made_up(list(steered), effects, **how)] if steered else [])

    return make
