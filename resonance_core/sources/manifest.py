"""Manifests: all tracks of a dataset: a folder, a table of paths and addresses, a saved dataset."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from resonance_core.errors import SourceError
from resonance_core.sources.embedded import Embedded, is_saved_dataset, saved_audio
from resonance_core.sources.lists.entry import decode
from resonance_core.sources.lists.location import locate
from resonance_core.sources.lists.table import cell, headers, rows
from resonance_core.sources.local import audio_files, file_path, path_text
from resonance_core.sources.playlist import TrackSource

COLUMNS = ("path", "file", "filename", "file name", "audio", "url", "location")
"""Of the column with paths and addresses, in whichever case; the first of them that is there."""


def read_manifest(path: Path) -> list[TrackSource]:
    """Return all tracks of a dataset, in its order. Files are listed without a look into them.

    Args:
        path: A folder of audio; a Hugging Face dataset that was saved to disk; or a CSV,
            tab-separated or Parquet file with a column of addresses, or of paths, which may start
            from the file's folder.

    Raises:
        SourceError: It is missing, not readable, or names no track.
    """
    try:
        path = path.expanduser()
    except RuntimeError as error:
        raise SourceError(f"the manifest {str(path)!r} is in no known home", "Check it") from error
    if not path.is_file() and not is_saved_dataset(path):
        files = audio_files(path)
        return [_track(place, file.as_uri(), "") for place, file in enumerate(files)]
    name = path_text(path)
    try:
        if path.is_file():
            return _located(_locations(path), path.parent.resolve())
        return _located(saved_audio(path), path.resolve())
    except SourceError as error:
        raise SourceError(f"the manifest {name!r} {error.problem}", error.remedy) from error
    except OSError as error:
        raise SourceError(
            f"the manifest {name!r} cannot be read ({error.strerror})", "Check its permissions"
        ) from error


def _locations(path: Path) -> Sequence[str]:
    """Return what a table has for the locations of its tracks.

    Raises:
        SourceError: It has no such column; the problem starts with a verb.
    """
    match path.suffix.lower():
        case ".parquet":
            return _parquet_locations(path)
        case ".csv" | ".tsv":
            return _text_locations(decode(path.read_bytes()), quoted=path.suffix.lower() == ".csv")
    raise SourceError(
        "is no folder, CSV, tab-separated or Parquet file",
        "Give one of these; a list of tracks is a playlist: resonance ingest",
    )


def _text_locations(text: str, *, quoted: bool) -> list[str]:
    for delimiter, places in headers(text):
        for column in COLUMNS:
            if column in places:
                table = rows(text, delimiter, quoted=quoted)
                next(table)
                return [cell(row, places[column]) for row in table]
    raise _no_column()


def _parquet_locations(path: Path) -> list[str]:
    try:
        names = {name.casefold().replace("_", " "): name for name in pq.read_schema(path).names}
        for column in COLUMNS:
            if column in names:
                found = pq.read_table(path, columns=[names[column]], partitioning=None)[0]
                return [location or "" for location in found.cast(pa.string()).to_pylist()]
    except pa.ArrowException as error:
        raise SourceError(f"cannot be read ({error})", "Write it again") from error
    raise _no_column()


def _no_column() -> SourceError:
    return SourceError(
        "has no column that says where the tracks are", f"Name one of: {', '.join(COLUMNS)}"
    )


def _located(locations: Iterable[str | Embedded], folder: Path) -> list[TrackSource]:
    urls = [
        (one.title, one.url) if isinstance(one, Embedded) else (one, locate(one, folder))
        for one in locations
    ]
    if not urls:
        raise SourceError("names no track", "It should hold a row for each")
    lost = [place for place, (_, url) in enumerate(urls, start=1) if url is None]
    if lost:
        raise SourceError(
            f"has {len(lost)} rows that name no file and no address; the first is row {lost[0]}, "
            f"{urls[lost[0] - 1][0]!r}",
            "Correct or remove them",
        )
    return [
        _track(place, url, location)
        for place, (location, url) in enumerate(urls)
        if url is not None
    ]


def _track(position: int, url: str, title: str) -> TrackSource:
    if (path := file_path(url)) is not None:
        title = path_text(path.stem)
    return TrackSource(position=position, title=title, url=url, duration_s=None)
