"""Separability: how well apart the tracks of different labels lie in a layer."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import calinski_harabasz_score, silhouette_score

from resonance_core.analysis.tracks import TrackMeans
from resonance_core.errors import ConfigError


@dataclass(frozen=True)
class Separability:
    """How well apart groups of tracks are.

    Attributes:
        silhouette: Mean silhouette over tracks, by cosine distance of centred means: 1 where each
            track is like its own group only, 0 where groups overlap.
        variance_ratio: Variance between groups over that within them, each per degree of freedom
            (the index of Calinski and Harabasz); about 1 where the groups are drawn by chance.
        groups: How many there are.
        tracks: How many there are.
    """

    silhouette: float
    variance_ratio: float
    groups: int
    tracks: int


def separability(means: TrackMeans, labels: Mapping[str, str]) -> Separability:
    """Return how well apart the groups are that labels make.

    Args:
        means: Of all tracks; those without a label are left out.
        labels: Of each track, by SHA-256.

    Raises:
        ConfigError: There are fewer than two groups, or no group has two tracks.
    """
    rows = means.rows(labels)
    groups = np.array([labels[means.tracks[row].sha256] for row in rows])
    count = len(set(groups.tolist()))
    if not 2 <= count < len(rows):
        raise ConfigError(
            f"{len(rows)} tracks in {count} groups cannot be compared",
            "Give two groups or more, and more tracks than groups",
        )
    vectors = means.vectors[rows] - means.vectors[rows].mean(0)
    return Separability(
        silhouette=float(silhouette_score(vectors, groups, metric="cosine")),
        variance_ratio=float(calinski_harabasz_score(vectors, groups)),
        groups=count,
        tracks=len(rows),
    )
