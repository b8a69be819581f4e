import numpy as np
import pytest

from resonance_core.errors import ResonanceError
from resonance_core.steering.aggregate import aggregate_tracks


def test_tracks_weigh_the_same_however_many_chunks_they_have():
    long = np.tile(np.array([[[1.0, 0.0]]], np.float32), (9, 1, 1))
    short = np.array([[[0.0, 1.0]]], np.float32)
    rms, weights = [np.ones((9, 1)), np.ones((1, 1))], [np.full(9, 1 / 9), np.ones(1)]
    direction = aggregate_tracks([long, short], rms, weights, {})
    np.testing.assert_allclose(direction.per_layer, [[0.5, 0.5]])
    np.testing.assert_allclose(direction.one_to_all, [2**-0.5, 2**-0.5], rtol=1e-6)


def test_the_seed_vector_is_the_normalised_mean_over_chunks_tracks_and_layers():
    rng = np.random.default_rng(0)
    tracks = [rng.normal(1, 1, (4, 3, 8)).astype(np.float32) for _ in range(5)]
    rms = [np.full((4, 3), 2.0, np.float32) for _ in tracks]
    direction = aggregate_tracks(tracks, rms, [np.full(4, 0.25)] * 5, {"kind": "playlist"})
    mean = np.stack(tracks).mean((0, 1, 2))
    np.testing.assert_allclose(direction.one_to_all, mean / np.linalg.norm(mean), rtol=1e-5)
    assert np.linalg.norm(direction.one_to_all) == pytest.approx(1, abs=1e-6)
    norms = np.linalg.norm(np.stack(tracks), axis=-1).mean((0, 1))
    np.testing.assert_allclose(direction.layer_norm, norms, rtol=1e-5)
    np.testing.assert_allclose(direction.residual_scale, 2 * np.sqrt(8), rtol=1e-6)


def test_chunks_count_as_their_weights_say():
    track = np.array([[[1.0, 0.0]], [[0.0, 1.0]]], np.float32)
    direction = aggregate_tracks([track], [np.ones((2, 1))], [np.array([0.9, 0.1])], {})
    np.testing.assert_allclose(direction.per_layer, [[0.9, 0.1]], rtol=1e-6)


def test_a_mean_that_points_nowhere_is_refused():
    zeros = np.zeros((2, 1, 4), np.float32)
    with pytest.raises(ResonanceError, match="points nowhere"):
        aggregate_tracks([zeros], [zeros[..., 0]], [np.full(2, 0.5)], {})
