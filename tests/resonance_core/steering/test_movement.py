import numpy as np

from resonance_core.steering.movement import movement


def test_moving_by_the_whole_axis_counts_one():
    axis = np.random.default_rng(0).standard_normal((3, 8))
    found = movement(np.stack([axis, -0.5 * axis, np.zeros_like(axis)]), axis)
    np.testing.assert_allclose(found, [1.0, -0.5, 0.0])


def test_only_what_lies_along_the_axis_counts_and_layers_count_alike():
    axis = np.zeros((2, 4))
    axis[0, 0], axis[1, 0] = 1.0, 100.0
    aside = np.zeros((2, 4))
    aside[:, 1] = 50.0
    np.testing.assert_allclose(movement(aside, axis), 0.0)
    first = np.zeros((2, 4))
    first[0, 0] = 1.0
    np.testing.assert_allclose(movement(first, axis), 0.5)
