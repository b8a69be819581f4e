import numpy as np
import pytest

from resonance_core.errors import ResonanceError
from resonance_core.steering.concepts import contrast

RNG = np.random.default_rng(0)


def poles(pairs: int, noise: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs that differ by one direction a layer and some noise."""
    truth = RNG.normal(size=(3, 16)).astype(np.float32)
    low = RNG.normal(size=(pairs, 3, 16)).astype(np.float32)
    high = low + truth + noise * RNG.normal(size=low.shape).astype(np.float32)
    return low, high, truth


def test_the_difference_of_means_is_found_and_reliable():
    low, high, truth = poles(24, noise=0.1)
    found = contrast(low, high)
    np.testing.assert_allclose(found.difference, (high - low).mean(0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.difference, truth, atol=0.15)
    assert found.split_half.min() > 0.99
    assert found.agreement.min() > 0.95


def test_poles_that_differ_by_chance_are_unreliable():
    low, high = (RNG.normal(size=(24, 3, 16)).astype(np.float32) for _ in range(2))
    found = contrast(low, high)
    assert np.abs(found.split_half).max() < 0.7
    assert np.abs(found.agreement).max() < 0.15


def test_agreement_is_the_mean_cosine_of_two_pairs():
    low, high, _ = poles(5, noise=1.0)
    units = (high - low)[:, 0]
    units = units / np.linalg.norm(units, axis=-1, keepdims=True)
    cosines = units @ units.T
    expected = cosines[~np.eye(5, dtype=bool)].mean()
    assert contrast(low, high).agreement[0] == pytest.approx(expected, abs=1e-5)


def test_too_little_to_tell_is_refused():
    low, high, _ = poles(1, noise=0.1)
    with pytest.raises(ResonanceError, match="1 pair makes no concept"):
        contrast(low, high)
    with pytest.raises(ResonanceError, match="the same to the model"):
        contrast(np.ones((2, 3, 16), np.float32), np.ones((2, 3, 16), np.float32))
