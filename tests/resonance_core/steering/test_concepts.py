from itertools import combinations, product

import numpy as np
import pytest

from resonance_core.errors import ResonanceError
from resonance_core.steering.concepts import contrast, contrast_by_label

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


def labelled(labels: list[float], noise: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tracks that hold as much of one direction a layer as their labels say, and some noise."""
    truth = RNG.normal(size=(3, 16))
    places = (np.array(labels) - min(labels)) / (max(labels) - min(labels))
    tracks = places[:, None, None] * truth
    tracks = tracks + noise * RNG.normal(size=tracks.shape)
    return tracks.astype(np.float32), np.array(labels, float), truth


@pytest.mark.parametrize("scale", [(0, 1), (-3, 40)])
def test_with_two_labels_the_slope_is_the_difference_of_means(scale):
    tracks = RNG.normal(size=(7, 3, 16)).astype(np.float32)
    high = np.array([0, 1, 0, 1, 1, 0, 1], bool)
    found = contrast_by_label(tracks, np.where(high, scale[1], scale[0]).astype(float))
    expected = tracks[high].mean(0) - tracks[~high].mean(0)
    np.testing.assert_allclose(found.difference, expected, rtol=1e-5, atol=1e-6)
    low, high = np.flatnonzero(~high), np.flatnonzero(high)
    halves = [
        tracks[
            [
                *high[1::2],
            ]
        ].mean(0)
        - tracks[low[::2]].mean(0),
        tracks[high[::2]].mean(0) - tracks[low[1::2]].mean(0),
    ]
    cosine = (halves[0] * halves[1]).sum(-1) / np.prod(np.linalg.norm(halves, axis=-1), axis=0)
    np.testing.assert_allclose(found.split_half, cosine, rtol=1e-4, atol=1e-6)


def test_the_slope_spans_the_lowest_to_the_highest_label():
    tracks, labels, truth = labelled([3, 5, 5, 6, 8, 9, 12, 13], noise=0.05)
    found = contrast_by_label(tracks, labels)
    fitted = np.polyfit(labels, tracks.reshape(8, -1), 1)[0] * 10
    np.testing.assert_allclose(found.difference.ravel(), fitted, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(found.difference, truth, atol=0.2)
    assert found.split_half.min() > 0.95
    other_scale = contrast_by_label(tracks, labels * -7 + 2)
    np.testing.assert_allclose(other_scale.difference, -found.difference, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("labels", [[0, 0, 1, 1], [0, 0, 0, 1, 1], [1, 2, 2, 5, 9]])
def test_agreement_is_the_mean_cosine_of_two_pairs_without_a_common_track(labels):
    tracks, labels, _ = labelled(labels, noise=1.0)
    order = range(len(labels))
    pairs = [(low, high) for low, high in product(order, order) if labels[low] < labels[high]]
    cosines = []
    for one, other in combinations(pairs, 2):
        if not set(one) & set(other):
            a, b = (tracks[high, 0] - tracks[low, 0] for low, high in (one, other))
            cosines.append(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    found = contrast_by_label(tracks, labels).agreement
    assert found[0] == pytest.approx(np.mean(cosines), abs=1e-5)


def test_labels_that_say_nothing_are_unreliable_and_true_ones_are_not():
    labels = RNG.normal(size=24).tolist()
    chance = contrast_by_label(*labelled(labels, noise=100.0)[:2])
    assert np.abs(chance.split_half).max() < 0.7
    assert np.abs(chance.agreement).max() < 0.15
    two = contrast_by_label(*labelled([0, 1] * 12, noise=0.05)[:2])
    assert two.split_half.min() > 0.99
    assert two.agreement.min() > 0.95


def test_tracks_that_are_the_same_agree_in_nothing():
    same = contrast_by_label(np.ones((4, 3, 16), np.float32), np.array([0.0, 0, 1, 1]))
    assert not same.difference.any()
    assert not same.split_half.any()
    assert not same.agreement.any()


def test_labels_that_do_not_vary_in_a_half_are_refused():
    with pytest.raises(ResonanceError, match="labels do not vary among every second track"):
        contrast_by_label(np.ones((4, 3, 16), np.float32), np.array([0.0, 0, 0, 1]))
