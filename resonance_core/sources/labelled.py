"""Labelled tracks: music, and for each track how much of something it has."""

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from resonance_core.config import ResolveConfig
from resonance_core.errors import SourceError
from resonance_core.sources.lists.entry import decode
from resonance_core.sources.lists.file import read_data
from resonance_core.sources.lists.location import locate
from resonance_core.sources.local import path_text
from resonance_core.sources.playlist import TrackSource
from resonance_core.sources.resolve import resolve

COLUMNS = ("path", "label")
POLES = {"low": 0.0, "high": 1.0}
"""Labels that are words."""


@dataclass(frozen=True)
class LabelledTracks:
    """Tracks with one label each.

    Attributes:
        tracks: Where each lies.
        labels: Of each track, on any scale.
        left_out: Tracks beyond ``resolve.max_tracks``.
    """

    tracks: tuple[TrackSource, ...]
    labels: tuple[float, ...]
    left_out: int = 0


def resolve_poles(low: str, high: str, config: ResolveConfig) -> LabelledTracks:
    """List the tracks of two sources, which are labelled 0 and 1.

    Args:
        low: What `resolve` reads, such as a folder.
        high: The same.
        config: How many tracks of each are taken.

    Raises:
        SourceError: One of them cannot be listed.
    """
    playlists = [resolve(source, config) for source in (low, high)]
    return LabelledTracks(
        tracks=tuple(track for playlist in playlists for track in playlist.tracks),
        labels=tuple(
            label
            for label, playlist in zip(POLES.values(), playlists, strict=True)
            for _ in playlist.tracks
        ),
        left_out=sum(playlist.left_out for playlist in playlists),
    )


def read_labelled(path: Path) -> LabelledTracks:
    """Return the tracks of a CSV file with the columns ``path`` and ``label``.

    All of its tracks are taken. Those that are not there stay: the stage that has their bytes at
    hand gives people the reason.

    Args:
        path: The file. The paths in it may start from its folder, or be addresses; its labels
            are numbers on any scale, or the words low and high.

    Raises:
        SourceError: It is missing, not readable, lacks a column, or a label is neither.
    """
    try:
        rows = list(_rows(decode(read_data(path))))
        labels = _labels([label for _, label in rows])
        folder = path.parent.resolve()
        tracks = [_track(row, location, folder) for row, (location, _) in enumerate(rows)]
    except SourceError as error:
        raise SourceError(f"the list {path_text(path)!r} {error.problem}", error.remedy) from error
    except OSError as error:
        raise SourceError(
            f"the list {path_text(path)!r} cannot be read ({error.strerror})",
            "Check its permissions",
        ) from error
    return LabelledTracks(tracks=tuple(tracks), labels=tuple(labels))


def _rows(text: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the label of each row that is not empty."""
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    try:
        names = {name.strip().casefold(): name for name in reader.fieldnames or ()}
        if missing := [name for name in COLUMNS if name not in names]:
            raise SourceError(
                f"has no column {' and no column '.join(map(repr, missing))} in its first line "
                f"{','.join(reader.fieldnames or ())!r}",
                "Name the columns path,label, with a comma between them",
            )
        for row in reader:
            location, label = (row[names[column]].strip() for column in COLUMNS)
            if location or label:
                yield location, label
    except csv.Error as error:
        raise SourceError(
            f"cannot be read after line {reader.line_num} ({error})", "Export it again"
        ) from error


def _labels(texts: list[str]) -> list[float]:
    words = [text.casefold() for text in texts]
    if set(words) <= set(POLES):
        labels = [POLES[word] for word in words]
    else:
        labels = [_number(text, row) for row, text in enumerate(texts)]
    if len(set(labels)) < 2:
        found = f"all of them {texts[0]!r}" if texts else "there are none"
        raise SourceError(f"has labels that do not vary: {found}", "Label tracks differently")
    return labels


def _number(text: str, row: int) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise SourceError(
            f"has the label {text!r} in row {row + 1}, which is no number",
            "Give numbers only, or the words low and high only",
        )
    return number


def _track(row: int, location: str, folder: Path) -> TrackSource:
    url = locate(location, folder)
    if url is None:
        raise SourceError(
            f"has {location!r} for a path in row {row + 1}", "Give a file, or an http address"
        )
    return TrackSource(position=row, title=PurePath(location).stem, url=url, duration_s=None)
