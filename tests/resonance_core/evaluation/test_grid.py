import numpy as np
import pytest


def test_pieces_are_arranged_by_strength(grid):
    found = grid({"bass": 1.0}, steered=(2.0, -1.0, 1.0), noise=0.0)
    assert found.strengths.tolist() == [-1.0, 0.0, 1.0, 2.0]
    assert found.middle == 1
    assert sorted(found.ends) == [0, 3]
    bass = found.readings["bass"]
    np.testing.assert_allclose(bass - bass[1], np.tile([[-1], [0], [1], [2]], 12))


def test_the_pieces_of_a_prompt_are_averaged(grid):
    found = grid({"bass": 1.0}, noise=0.0)
    pieces = found.readings["bass"]
    means = found.by_prompt(pieces)
    assert means.shape == (5, 2)
    expected = [pieces[:, found.prompts == prompt].mean(1) for prompt in ("a song", "music")]
    np.testing.assert_allclose(means.T, expected)


def test_effects_are_counted_in_spreads_of_the_unsteered_pieces(grid):
    found = grid({"bass": 1.0}, noise=0.0)
    assert found.effect("bass") == pytest.approx(4.0 / found.spread("bass"))
    assert found.effect("tempo") == pytest.approx(0.0)
    assert found.standard("bass")[found.middle].mean() == pytest.approx(0.0)


def test_the_right_way_is_up_at_the_high_end_and_down_at_the_low(grid):
    assert grid({"bass": 1.0}, noise=0.0).right_way("bass") == 1.0
    assert grid({"bass": -1.0}, noise=0.0).right_way("bass") == 0.0
    assert 0.2 < grid({}).right_way("bass") < 0.8


def test_without_strengths_nothing_moves(grid):
    alone = grid({"bass": 1.0}, steered=())
    assert alone.ends == []
    assert (alone.effect("bass"), alone.right_way("bass"), alone.failed_at_ends) == (0, 0, 0)


def test_faults_are_counted_at_the_ends_only(grid):
    assert grid({}, failed=1.0).failed_at_ends == 1.0
    assert grid({}).failed_at_ends == 0.0
