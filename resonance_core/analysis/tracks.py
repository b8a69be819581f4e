"""Tracks as analyses see them: what a store knows of each, and its mean in a layer."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.dataset as ds
from numpy.typing import NDArray

from resonance_core.errors import NotInStoreError
from resonance_core.stages.download import DOWNLOAD
from resonance_core.store.dataset import ActivationDataset
from resonance_core.store.playlists import list_entries
from resonance_core.store.store import KEY_PREFIX, Store

REMOTE = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True)
class KnownTrack:
    """What a store knows of a track.

    Attributes:
        sha256: Of its bytes, by which activations name it.
        title: Empty where none is known.
        urls: Where it was found.
        playlists: Names of those it is in, in order.
    """

    sha256: str
    title: str = ""
    urls: frozenset[str] = frozenset()
    playlists: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its title, or how its digest starts."""
        return self.title or self.sha256[:12]


def known_tracks(activations: ActivationDataset, store: Store) -> dict[str, KnownTrack]:
    """Return the tracks that have activations, by their SHA-256, with all that a store knows.

    Raises:
        StoreError: A playlist's entry cannot be read.
    """
    titles: dict[str, str] = {}
    urls: defaultdict[str, set[str]] = defaultdict(set)
    playlists: defaultdict[str, list[str]] = defaultdict(list)
    for record in store.records(DOWNLOAD.name):
        sha256 = record.info["sha256"]
        titles[sha256] = record.info["title"]
        urls[sha256].add(record.request.inputs["url"])
    for entry in list_entries(store):
        for track in entry.tracks:
            if track.sha256 is not None and entry.name not in playlists[track.sha256]:
                titles[track.sha256] = track.title
                playlists[track.sha256].append(entry.name)
    heard = activations.dataset.to_table(
        columns=["track"], filter=ds.field("layer") == activations.layers[0]
    )
    return {
        sha256: KnownTrack(
            sha256, titles.get(sha256, ""), frozenset(urls[sha256]), tuple(playlists[sha256])
        )
        for sha256 in sorted(heard["track"].unique().to_pylist())
    }


def find_track(name: str, tracks: Iterable[KnownTrack]) -> KnownTrack:
    """Return the track that a title, a path, an address or the start of a digest means.

    Raises:
        NotInStoreError: None of the tracks, or more than one, is meant.
    """
    url = name if REMOTE.match(name) else Path(name).absolute().as_uri()
    found = [
        track
        for track in tracks
        if track.title.casefold() == name.casefold()
        or url in track.urls
        or (KEY_PREFIX.fullmatch(name) and track.sha256.startswith(name))
    ]
    if len(found) != 1:
        several = ", ".join(
            f"{track.sha256[:12]} ({', '.join(track.playlists) or 'in no playlist'})"
            for track in found
        )
        raise NotInStoreError(
            f"{len(found) or 'no'} tracks with activations are called {name!r}",
            f"Give the start of a digest: {several}"
            if found
            else "Give a title, a path, an address, or six or more digits of the SHA-256",
        )
    return found[0]


@dataclass(frozen=True)
class TrackMeans:
    """What a layer makes of tracks on average, less what all of them share.

    Attributes:
        tracks: Which ones, ``[tracks]``.
        vectors: The mean of each one's vectors, less the mean of all tracks,
            ``[tracks, hidden]``.
    """

    tracks: tuple[KnownTrack, ...]
    vectors: NDArray[np.float64]

    def rows(self, wanted: Iterable[str]) -> list[int]:
        """Return the rows of tracks, by their SHA-256."""
        kept = set(wanted)
        return [row for row, track in enumerate(self.tracks) if track.sha256 in kept]


def track_means(
    activations: ActivationDataset, layer: int, tracks: Mapping[str, KnownTrack]
) -> TrackMeans:
    """Return the centred means of all tracks in a layer.

    Args:
        activations: Of one extraction.
        layer: Which layer.
        tracks: All of them, by SHA-256.

    Raises:
        NotInStoreError: The layer was not extracted.
    """
    vectors, rows = activations.vectors(layer)
    names, owners, counts = np.unique(
        rows["track"].to_numpy(str), return_inverse=True, return_counts=True
    )
    means = np.zeros((len(names), vectors.shape[1]))
    np.add.at(means, owners, vectors)
    means /= counts[:, None]
    return TrackMeans(
        tracks=tuple(tracks[name] for name in names.tolist()),
        vectors=means - means.mean(0),
    )


def group_means(
    means: TrackMeans, labels: Mapping[str, str]
) -> tuple[NDArray[np.float64], list[str]]:
    """Return the mean of the tracks of each label, ``[labels, hidden]``, and the labels.

    Args:
        means: Of tracks, which count alike.
        labels: Of each track, by SHA-256; tracks without one are left out.
    """
    rows = means.rows(labels)
    of = np.array([labels[means.tracks[row].sha256] for row in rows])
    names = sorted(set(of.tolist()))
    vectors = [means.vectors[rows][of == name].mean(0) for name in names]
    return np.reshape(vectors, (len(names), means.vectors.shape[1])), names
