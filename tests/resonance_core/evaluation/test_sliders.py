from dataclasses import replace

import numpy as np
import pytest

from resonance_core.evaluation.protocol import QUICK
from resonance_core.evaluation.sliders import score_slider

POSITIONS = (-1.0, -0.5, 0.0, 0.5, 1.0)


@pytest.fixture
def randoms(grid):
    """Directions that do nothing but add noise."""
    return [grid({}, steered=(-2.0, 2.0), seed=seed) for seed in range(5)]


def test_a_slider_that_works_is_told_from_random_directions(grid, randoms):
    found = score_slider("bass", POSITIONS, grid({"bass": 1.0, "tempo": 0.1}), randoms, QUICK)
    assert found.monotone.value == found.monotone_prompts.value == 1.0
    assert found.right_way == 1.0
    assert found.ratio > 12
    assert found.p < 0.01
    assert found.on_over_off > 20
    assert found.worst_on_over_off == pytest.approx(found.effects["bass"] / found.effects["tempo"])
    assert found.slope.low < found.slope.value < found.slope.high
    scores = [point.score.value for point in found.curve]
    assert scores == sorted(scores)
    assert [point.position for point in found.curve] == list(POSITIONS)


def test_means_over_takes_show_a_weak_slider_that_single_takes_hide(grid, randoms):
    weak = grid({"bass": 0.2}, noise=0.4, seed=2)
    found = score_slider("bass", POSITIONS, weak, randoms, QUICK)
    assert found.monotone_prompts.value > found.monotone.value


def test_a_slider_that_moves_another_attribute_is_found_out(grid, randoms):
    found = score_slider("bass", POSITIONS, grid({"tension": 1.0}), randoms, QUICK)
    assert found.monotone.value < 0.5
    assert found.monotone_prompts.value < 1.0
    assert abs(found.on_over_off) < 1
    assert found.p > 0.01


def test_energy_is_judged_by_loudness_and_its_effects_without_it(grid, randoms):
    found = score_slider("energy", POSITIONS, grid({"energy": 1.0}), randoms, QUICK)
    assert found.scorer == found.direct_measure == "rms_db"
    assert set(found.effects) >= {"energy", "tempo"}
    assert "rms_db" not in found.effects


def test_a_slider_like_some_random_direction_is_not_told_from_them_however_many_its_pieces(grid):
    effects = np.random.default_rng(1).standard_normal(20)
    randoms = [
        grid({"bass": effect}, steered=(-2.0, 2.0), seed=seed)
        for seed, effect in enumerate(effects)
    ]
    found = score_slider("bass", POSITIONS, grid({"bass": 0.8}), randoms, QUICK)
    assert found.ratio > 1
    assert found.p > 0.05


def test_intervals_are_over_prompts_for_takes_of_one_are_alike(grid):
    works, fails = grid({"bass": 1.0}, noise=0.01), grid({"bass": -1.0}, noise=0.01)
    mixed = {
        name: np.where(works.prompts == "music", works.readings[name], fails.readings[name])
        for name in works.readings
    }
    found = score_slider("bass", POSITIONS, replace(works, readings=mixed), [works], QUICK)
    assert (found.monotone.low, found.monotone.value, found.monotone.high) == (0, 0.5, 1)
    assert found.slope.low < 0 < found.slope.high
