"""How close music is to playlists, by what it sounds like without its loudness.

Music that a model makes and music that people recorded differ in many ways that no playlist is
about. So each is compared with its own kind: a playlist with the mean of all playlists, a piece
with the mean of unsteered pieces; and then the directions of the two differences.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Playlists:
    """What the tracks of playlists sound like.

    Attributes:
        held_out: Each playlist's tracks that no direction was made from, ``[tracks, features]``.
        source: Those that its direction was made from, ``[tracks, features]``.
    """

    held_out: Mapping[str, Array]
    source: Mapping[str, Array]

    @property
    def names(self) -> list[str]:
        """The playlists, in the order of all results."""
        return list(self.held_out)

    def similarities(self, pieces: Array, unsteered: Array) -> Array:
        """Return the cosine of each piece with each playlist's held-out tracks.

        Args:
            pieces: ``[pieces, features]``.
            unsteered: The unsteered pieces' features, ``[any, features]``.

        Returns:
            ``[pieces, playlists]``.
        """
        centroids = np.stack([tracks.mean(0) for tracks in self.held_out.values()])
        return _unit(pieces - unsteered.mean(0)) @ _unit(centroids - centroids.mean(0)).T

    def recognised(self) -> float:
        """Return the share of the source tracks that are closest to their own playlist.

        It says how much can be told at all: source and held-out tracks of a playlist are made by
        the same people or rules, and nothing is generated.
        """
        pool = np.concatenate(list(self.held_out.values()))
        found = [
            self.similarities(tracks, pool).argmax(1) == place
            for place, tracks in enumerate(self.source.values())
        ]
        return float(np.mean([own.mean() for own in found]))


def nearest(pieces: Array, tracks: Array) -> Array:
    """Return the distance of each piece to the nearest track, in features, ``[pieces]``.

    Args:
        pieces: ``[pieces, features]``.
        tracks: ``[tracks, features]``.
    """
    found: Array = np.linalg.norm(pieces[:, None] - tracks[None], axis=-1).min(axis=1)
    return found


def _unit(vectors: Array) -> Array:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.maximum(lengths, np.finfo(float).tiny)
