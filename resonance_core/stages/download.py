"""The download stage: a track's bytes, and so its identity."""

import hashlib
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from resonance_core.config import DownloadConfig
from resonance_core.errors import TrackError
from resonance_core.keys import Stage, sha256_file
from resonance_core.sources.embedded import Embedded, parse_embedded
from resonance_core.sources.limits import check_duration, check_size
from resonance_core.sources.local import file_path
from resonance_core.sources.playlist import TrackSource
from resonance_core.sources.ytdlp import fetch
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store

DOWNLOAD = Stage(name="download", version=1)


def download(track: TrackSource, config: DownloadConfig, store: Store) -> Outcome:
    """Have a track's audio at hand and know its digest.

    A local file stays where it is and is read once, until its size or time of change differs; so
    does one with the audio of many tracks in it.
    A remote track is fetched once, in the best audio its site has, without re-encoding.

    Args:
        track: Which track.
        config: Limits of what is fetched; a local file is not fetched.
        store: Where the record and the fetched file go.

    Returns:
        A record whose ``info`` has ``sha256`` and ``bytes`` of the audio file, and ``title``.

    Raises:
        TransientTrackError: It could not be fetched now; another try may succeed.
        TrackError: It is refused; the file is missing or empty; or the track is too long, too
            large, too slow to arrive, gone, or no audio.
        StoreError: The store cannot be written.
    """
    if track.refused is not None:
        raise TrackError(track.refused)
    if (embedded := parse_embedded(track.url)) is not None:
        return _embedded(track, embedded, store)
    path = file_path(track.url)
    return _fetched(track, config, store) if path is None else _local(track, path, store)


@contextmanager
def at_hand(store: Store, record: Record) -> Iterator[Path]:
    """Have a track's audio as a file; what lies inside another file is copied out meanwhile."""
    embedded = parse_embedded(record.request.inputs["url"])
    if embedded is None:
        yield original(store, record)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"row-{embedded.row}"
        path.write_bytes(embedded.read())
        yield path


def original(store: Store, record: Record) -> Path:
    """Return where a downloaded track's audio lies.

    Raises:
        TrackError: It lies in a local file, which is gone or was changed since.
    """
    inputs = record.request.inputs
    if (path := file_path(inputs["url"])) is None:
        return store.path(record, next(iter(record.files)))
    if _state(inputs["url"], path) != inputs:
        raise TrackError(f"{path} was changed meanwhile", "Run again")
    return path


def _local(track: TrackSource, path: Path, store: Store) -> Outcome:
    def describe(_: Path) -> dict[str, Any]:
        # Left to itself, an error of this file would read as one of the store.
        try:
            return _info(track, path)
        except OSError as error:
            raise _unreadable(path, error) from error

    return store.build(DOWNLOAD.request({}, _state(track.url, path)), describe)


def _embedded(track: TrackSource, embedded: Embedded, store: Store) -> Outcome:
    def describe(_: Path) -> dict[str, Any]:
        data = embedded.read()
        if not data:
            raise TrackError(f"{embedded.title} is empty (0 bytes)", "Save the dataset again")
        digest = hashlib.sha256(data).hexdigest()
        return {"sha256": digest, "title": track.title, "bytes": len(data)}

    return store.build(DOWNLOAD.request({}, _state(track.url, embedded.file)), describe)


def _state(url: str, path: Path) -> dict[str, Any]:
    """Return what tells whether the local file that a track is in is still the same.

    Raises:
        TrackError: It is missing or empty, or no file.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise TrackError(f"{path} is not a file", "List the folder again")
    if status.st_size == 0:
        raise TrackError(f"{path} is empty (0 bytes)", "Replace the file")
    return {
        "url": url,
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
        "ctime_ns": status.st_ctime_ns,  # a copy may keep the time of the file it replaces
    }


def _fetched(track: TrackSource, config: DownloadConfig, store: Store) -> Outcome:
    def make(folder: Path) -> dict[str, Any]:
        check_duration(track.url, track.duration_s, config.max_duration_s)
        path, duration_s = fetch(track.url, folder, config)
        return {**_info(track, path), "duration_s": duration_s}

    outcome = store.build(DOWNLOAD.request({}, {"url": track.url}), make)
    # The limits are no part of the key: they change whether a track is taken, not its bytes.
    check_duration(track.url, outcome.record.info["duration_s"], config.max_duration_s)
    check_size(track.url, outcome.record.info["bytes"], config.max_bytes)
    return outcome


def _info(track: TrackSource, path: Path) -> dict[str, Any]:
    return {"sha256": sha256_file(path), "title": track.title, "bytes": path.stat().st_size}


def _unreadable(path: Path, error: OSError) -> TrackError:
    return TrackError(f"{path} cannot be read ({error.strerror})", "See that the file is there")
