import numpy as np
import pytest

from resonance_core.analysis.separability import separability
from resonance_core.analysis.tracks import track_means
from resonance_core.errors import ConfigError
from tests.planted import LABELS, TRACKS


@pytest.mark.parametrize("distance", [0, 3, 9])
def test_separability_rises_with_planted_distance(plant, distance):
    side = np.array([distance * (label == "high") for label in LABELS.values()])
    opened = plant(side[:, None] * np.eye(8)[0])
    found = separability(track_means(opened, 5, TRACKS), LABELS)
    assert (found.groups, found.tracks) == (2, 24)
    low, high = {0: (-0.1, 0.1), 3: (0.2, 0.6), 9: (0.8, 1)}[distance]
    assert low < found.silhouette < high
    low, high = {0: (0.2, 3), 3: (5, 20), 9: (30, 200)}[distance]
    assert low < found.variance_ratio < high
    noise = separability(track_means(opened, 2, TRACKS), LABELS)
    assert abs(noise.silhouette) < 0.1


def test_tracks_without_a_label_are_left_out_and_one_group_is_refused(plant):
    means = track_means(plant(np.zeros((24, 8))), 5, TRACKS)
    some = dict(list(LABELS.items())[8:16])
    assert separability(means, some).tracks == 8
    for labels in ({}, dict.fromkeys(TRACKS, "a"), {sha256: sha256 for sha256 in TRACKS}):
        with pytest.raises(ConfigError, match=r"tracks in \d+ groups cannot be compared"):
            separability(means, labels)
