import numpy as np
import pytest

from resonance_core.analysis.similarity import similarity
from resonance_core.errors import ConfigError


def test_cosines_are_of_each_layer_and_their_mean():
    one = np.array([[1.0, 0], [1, 0]])
    two = np.array([[2.0, 0], [0, 3]])
    three = np.array([[-1.0, 0], [-1, 0]])
    found = similarity({"one": one, "two": two, "three": three}, (4, 7))
    assert (found.names, found.layers) == (("one", "two", "three"), (4, 7))
    np.testing.assert_allclose(found.per_layer[0], [[1, 1, -1], [1, 1, -1], [-1, -1, 1]])
    np.testing.assert_allclose(found.per_layer[1], [[1, 0, -1], [0, 1, 0], [-1, 0, 1]])
    np.testing.assert_allclose(found.overall[0], [1, 0.5, -1])
    assert found.pairs() == [(0, 1), (1, 2), (0, 2)]  # the most alike first


def test_one_direction_is_refused():
    with pytest.raises(ConfigError, match="1 directions cannot be compared"):
        similarity({"one": np.ones((2, 2))}, (4, 7))
