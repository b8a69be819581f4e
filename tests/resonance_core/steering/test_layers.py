import numpy as np
import pytest

from resonance_core.steering.layers import middle_third, scan_by_norm, shares_by_effect


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, (0,)), (2, (0, 1)), (3, (1,)), (6, (2, 3)), (48, tuple(range(16, 32)))],
)
def test_middle_third(count, expected):
    assert middle_third(count) == expected


def test_equal_norms_favour_the_centre_and_a_strong_layer_beats_it():
    layers = tuple(range(12))
    flat = scan_by_norm(layers, np.ones(12, np.float32), 12)
    assert flat.layers == (4, 5, 6, 7)
    assert flat.best in (5, 6)
    norms = np.ones(12, np.float32)
    norms[7] = 10
    norms[0] = 1000  # outside the middle third: not looked at
    assert scan_by_norm(layers, norms, 12).best == 7


def test_layers_outside_the_middle_third_are_scanned_where_there_are_no_others():
    assert scan_by_norm((0, 11), np.array([1, 2], np.float32), 12).layers == (0, 11)


def test_the_best_layers_get_shares_as_large_as_their_effects():
    assert shares_by_effect([1, 3, 5, 7], [0.2, -0.1, 0.5, 0.3], keep=2) == [(5, 0.5), (7, 0.3)]
    assert shares_by_effect([1, 3, 5], [0.2, -0.1, -0.5], keep=2) == [(1, 0.2)]


def test_where_no_layer_moves_the_music_all_are_steered_alike():
    assert shares_by_effect([1, 3], [-0.2, 0.0], keep=1) == [(1, 1.0), (3, 1.0)]
