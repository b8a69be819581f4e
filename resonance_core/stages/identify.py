"""Which tracks a manifest's entries are: the digest of each one's bytes, or why it has none."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from pydantic import BaseModel, ConfigDict

from resonance_core.config import DownloadConfig
from resonance_core.errors import TrackError
from resonance_core.sources.embedded import parse_embedded
from resonance_core.sources.local import file_path
from resonance_core.sources.playlist import TrackSource
from resonance_core.stages.download import download
from resonance_core.store.store import Store

READERS = 2 * (os.cpu_count() or 1)
"""Files that are read at once: reading and writing records waits for the disk."""


class IdentifiedTrack(BaseModel):
    """A track whose bytes are at hand."""

    model_config = ConfigDict(frozen=True)

    source: TrackSource
    sha256: str


class FailedTrack(BaseModel):
    """A track that cannot be used."""

    model_config = ConfigDict(frozen=True)

    title: str
    url: str
    reason: str


def is_local(track: TrackSource) -> bool:
    """Say whether a track's bytes are on this machine, so that nothing is fetched."""
    return file_path(track.url) is not None or parse_embedded(track.url) is not None


def identify(
    tracks: Sequence[TrackSource], config: DownloadConfig, store: Store
) -> list[IdentifiedTrack | FailedTrack]:
    """Look at local tracks, many at once; a file is read once, until it is changed.

    Args:
        tracks: Which ones.
        config: Limits of downloads, of which local tracks need none.
        store: Holds or takes a record of each.

    Raises:
        StoreError: The store cannot be written.
    """

    def look(track: TrackSource) -> IdentifiedTrack | FailedTrack:
        try:
            record = download(track, config, store).record
        except TrackError as error:
            return FailedTrack(title=track.title, url=track.url, reason=str(error))
        return IdentifiedTrack(source=track, sha256=record.info["sha256"])

    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(look, tracks))
