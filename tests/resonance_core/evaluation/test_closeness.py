import numpy as np
import pytest

from resonance_core.evaluation.closeness import Playlists, nearest


@pytest.fixture
def playlists():
    """Three playlists, each along an axis of its own, all far from the origin."""
    rng = np.random.default_rng(0)
    tracks = {
        name: 50 + 3 * np.eye(6)[axis] + 0.1 * rng.standard_normal((4, 6))
        for axis, name in enumerate(("a", "b", "c"))
    }
    return Playlists(held_out=tracks, source={name: t + 1 for name, t in tracks.items()})


def test_pieces_are_compared_by_what_steering_changed(playlists):
    # The model's music lies elsewhere than the playlists: only the change counts.
    plain = np.full((5, 6), -20.0)
    pieces = plain[:3] + np.eye(6)[:3]
    similarity = playlists.similarities(pieces, plain)
    assert similarity.argmax(1).tolist() == [0, 1, 2]
    assert similarity.max() > 0.7


def test_tracks_are_recognised_by_the_others_of_their_playlist(playlists):
    assert playlists.recognised() == 1.0
    first, *rest = playlists.source.values()
    swapped = Playlists(playlists.held_out, dict(zip("abc", (*rest, first), strict=True)))
    assert swapped.recognised() == 0.0


def test_the_nearest_track_is_the_closest_of_all():
    tracks = np.array([[0.0, 0.0], [10.0, 0.0]])
    assert nearest(np.array([[9.0, 0.0], [0.0, 2.0]]), tracks).tolist() == [1.0, 2.0]
