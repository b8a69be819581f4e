import numpy as np
import pytest

from resonance_core.evaluation.statistics import (
    bootstrap_interval,
    larger_p,
    monotone,
    rank_correlations,
    slopes,
)

STRENGTHS = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])


def test_rank_correlation_is_that_of_each_sweep():
    rising = np.exp(STRENGTHS)
    scores = np.stack([rising, -rising, np.zeros(5), [0, 1, 0, 1, 0]], axis=1)
    np.testing.assert_allclose(rank_correlations(STRENGTHS, scores), [1, -1, 0, 0], atol=1e-12)


def test_a_sweep_is_monotone_above_a_rank_correlation_of_0_8():
    scores = np.array([[0, 1, 0], [1, 0, 1], [2, 3, 0], [3, 2, 1], [4, 4, 0.5]], float)
    found = monotone(np.arange(5.0), scores)
    assert rank_correlations(np.arange(5.0), scores)[1] == pytest.approx(0.8)
    assert found.tolist() == [1.0, 0.0, 0.0]


def test_slopes_are_least_squares():
    noise = np.array([0.1, -0.2, 0.3, 0.0, -0.1])
    scores = np.stack([3 * STRENGTHS + 7, 2 * STRENGTHS + noise], axis=1)
    expected = [3.0, np.polyfit(STRENGTHS, scores[:, 1], 1)[0]]
    np.testing.assert_allclose(slopes(STRENGTHS, scores), expected)


def test_one_strength_has_no_slope():
    assert slopes(np.zeros(1), np.ones((1, 4))).tolist() == [0, 0, 0, 0]


def test_the_bootstrap_interval_of_a_mean_is_about_two_standard_errors_wide():
    values = np.random.default_rng(0).standard_normal(400) + 5
    low, high = bootstrap_interval(values, lambda drawn: float(drawn.mean()), 0.95, 2000, seed=1)
    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 1.96 / 20, rel=0.1)


def test_the_p_value_tells_larger_from_alike():
    controls = np.random.default_rng(0).standard_normal(20)
    assert larger_p(8.0, controls) < 1e-6
    assert larger_p(1.2, controls) > 0.05
    assert larger_p(1.2, controls) == pytest.approx(larger_p(12.0, 10 * controls))


def test_the_p_value_of_one_more_random_direction_is_uniform():
    rng = np.random.default_rng(0)
    found = [larger_p(rng.standard_normal(), rng.standard_normal(5)) for _ in range(2000)]
    np.testing.assert_allclose(np.quantile(found, [0.05, 0.5, 0.95]), [0.05, 0.5, 0.95], atol=0.03)
