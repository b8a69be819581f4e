import numpy as np

from resonance_core.stages.directions import find_direction
from resonance_core.stages.random_direction import random_direction
from resonance_core.store.directions import DIRECTION, read_direction


def test_it_is_as_long_as_the_other_in_every_layer_and_points_anywhere(example_store):
    like = find_direction("example", example_store)
    wanted = read_direction(example_store.path(like, DIRECTION))
    drawn = [
        read_direction(
            example_store.path(random_direction(like, seed, example_store).record, DIRECTION)
        )
        for seed in (0, 1)
    ]
    for direction in drawn:
        lengths = np.linalg.norm(direction.per_layer, axis=-1)
        np.testing.assert_allclose(lengths, np.linalg.norm(wanted.per_layer, axis=-1), rtol=1e-5)
        np.testing.assert_array_equal(direction.residual_scale, wanted.residual_scale)
        cosine = (direction.per_layer * wanted.per_layer).sum(-1) / lengths**2
        assert np.abs(cosine).max() < 0.3
        assert direction.metadata["kind"] == "random"
    assert not np.allclose(drawn[0].per_layer, drawn[1].per_layer)


def test_the_same_seed_draws_the_same(example_store):
    like = find_direction("example", example_store)
    assert not random_direction(like, 7, example_store).hit
    assert random_direction(like, 7, example_store).hit
