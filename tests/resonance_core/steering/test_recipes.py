import numpy as np
import pytest
import torch

from resonance_core.errors import ModelError
from resonance_core.steering.direction import Direction
from resonance_core.steering.recipes import analytic_upper, check_model, seed_vectors


def direction(revision: str = "r" * 64) -> Direction:
    one = np.array([0.6, 0.8], np.float32)
    ones = np.ones(3, np.float32)
    model = {"id": "nano", "revision": revision}
    return Direction(np.ones((3, 2), np.float32), one, ones, ones, {"model": model})


def test_the_seed_recipe_adds_one_unit_vector_at_every_layer():
    vectors = seed_vectors(direction(), 5)
    assert vectors.shape == (5, 2)
    assert all(torch.equal(row, torch.tensor([0.6, 0.8])) for row in vectors)


@pytest.mark.parametrize(
    ("norm", "limit", "expected"),
    [(1.0, 4.0, 3.2), (0.5, 4.0, 4.0), (2.0, 4.0, 1.6), (10.0, 4.0, 1.0), (10.0, 0.5, 0.5)],
)
def test_the_analytic_range(norm, limit, expected):
    assert analytic_upper(norm, limit) == pytest.approx(expected)


def test_a_direction_of_another_model_is_refused(tiny_melody):
    with pytest.raises(ModelError, match=r"made with 'nano' \(revision rrrrrrrrrrrr\), not with"):
        check_model(direction(), tiny_melody.info)
    check_model(direction(tiny_melody.info.revision), tiny_melody.info)
