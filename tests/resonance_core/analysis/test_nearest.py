import numpy as np
import pytest

from resonance_core.analysis.nearest import nearest
from resonance_core.analysis.tracks import track_means
from tests.planted import TRACKS


def test_the_planted_twin_is_nearest_in_its_layer(plant):
    added = np.zeros((24, 8))
    added[[3, 17]] = 12 * np.eye(8)[2]
    opened = plant(added)
    tracks = list(TRACKS.values())
    for one, twin in ((3, 17), (17, 3)):
        found = nearest(track_means(opened, 5, TRACKS), tracks[one], 5)
        assert found[0].track == tracks[twin]
        assert found[0].cosine > 0.9
        assert tracks[one] not in [neighbour.track for neighbour in found]
        cosines = [neighbour.cosine for neighbour in found]
        assert cosines == sorted(cosines, reverse=True)
        assert cosines[1] < 0.8
    means = track_means(opened, 5, TRACKS)
    expected = means.vectors[3] @ means.vectors[17]
    expected /= np.linalg.norm(means.vectors[3]) * np.linalg.norm(means.vectors[17])
    assert nearest(means, tracks[3], 1)[0].cosine == pytest.approx(expected)
    assert len(nearest(means, tracks[3], 100)) == 23
