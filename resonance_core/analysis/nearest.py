"""Nearest: the tracks that a layer hears as most like a track."""

from dataclasses import dataclass

import numpy as np
from sklearn.metrics.pairwise import cosine_similarity

from resonance_core.analysis.tracks import KnownTrack, TrackMeans


@dataclass(frozen=True)
class Neighbour:
    """A track and how near it is.

    Attributes:
        track: The track.
        cosine: Between its centred mean and that of the track it is near.
    """

    track: KnownTrack
    cosine: float


def nearest(means: TrackMeans, track: KnownTrack, count: int) -> list[Neighbour]:
    """Return the tracks nearest to one of them, the nearest first.

    Args:
        means: Of all tracks.
        track: One of them.
        count: How many are wanted.
    """
    own = means.tracks.index(track)
    cosines = cosine_similarity(means.vectors[[own]], means.vectors)[0]
    order = [row for row in np.argsort(-cosines, kind="stable").tolist() if row != own]
    return [Neighbour(means.tracks[row], float(cosines[row])) for row in order[:count]]
