"""Labels of tracks: the playlist that each is in, or a column of a table."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]
import pyarrow as pa

from resonance_core.analysis.tracks import KnownTrack
from resonance_core.errors import ConfigError, SourceError
from resonance_core.sources.lists.location import locate
from resonance_core.sources.local import path_text
from resonance_core.sources.manifest import COLUMNS

NAMES = ("sha256", "track", *COLUMNS, "title")
"""Columns that may name the track, in whichever case; the first of them that is there."""


def playlist_labels(
    tracks: Mapping[str, KnownTrack], playlists: Collection[str] = ()
) -> dict[str, str]:
    """Return the playlist of each track that is in only one, by SHA-256.

    Args:
        tracks: What is known of them.
        playlists: Only these count, all if none.

    Raises:
        ConfigError: There is no such playlist.
    """
    known = {name for track in tracks.values() for name in track.playlists}
    if unknown := [name for name in playlists if name not in known]:
        raise ConfigError(
            f"there is no playlist {unknown[0]!r} with tracks",
            f"Choose among: {', '.join(sorted(known)) or 'none'}",
        )
    counting = set(playlists) or known
    of = {
        sha256: [name for name in track.playlists if name in counting]
        for sha256, track in tracks.items()
    }
    return {sha256: names[0] for sha256, names in of.items() if len(names) == 1}


def read_labels(path: Path, column: str, tracks: Mapping[str, KnownTrack]) -> dict[str, str]:
    """Return a table's label of each track as text, by SHA-256.

    A row whose track is not known, or whose label is empty, counts for nothing.

    Args:
        path: A CSV, tab-separated or Parquet file. One of its columns (see ``NAMES``) names the
            track: by SHA-256, address, title, or path, which may start from the file's folder.
        column: Holds the labels.
        tracks: What is known of them.

    Raises:
        ConfigError: The table has no such column, no column that names tracks, names a track
            twice with two labels, or names none that is known.
        SourceError: It cannot be read.
    """
    table = _read(path)
    named = {str(name).strip().casefold().replace("_", " "): name for name in table.columns}
    naming = next((named[name] for name in NAMES if name in named), None)
    if naming is None or column not in table.columns:
        wanted = repr(column) if naming is not None else f"for tracks ({', '.join(NAMES)})"
        raise ConfigError(
            f"{path_text(path)!r} has no column {wanted}",
            f"It has: {', '.join(map(str, table.columns))}",
        )
    known = _places(tracks)
    labels: dict[str, str] = {}
    for name, label in table[[naming, column]].dropna().itertuples(index=False):
        text, label = str(name).strip(), str(label)
        sha256 = known.get(text) or known.get(locate(text, path.parent.resolve()) or "")
        if sha256 is None:
            continue
        if labels.setdefault(sha256, label) != label:
            raise ConfigError(
                f"{path_text(path)!r} gives {text!r} two labels, {labels[sha256]!r} and {label!r}",
                "Keep one",
            )
    if not labels:
        raise ConfigError(
            f"no track that {path_text(path)!r} names has activations",
            "Name them by SHA-256, path, address or title",
        )
    return labels


def _read(path: Path) -> pd.DataFrame:
    try:
        match path.suffix.lower():
            case ".parquet":
                return pd.read_parquet(path)
            case ".csv" | ".tsv":
                # The column that names tracks may hold titles such as 01.
                separator = "," if path.suffix.lower() == ".csv" else "\t"
                head = pd.read_csv(path, sep=separator, nrows=0).columns
                names = [n for n in head if n.strip().casefold().replace("_", " ") in NAMES]
                return pd.read_csv(path, sep=separator, dtype=dict.fromkeys(names, str))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise SourceError(
            f"the table {path_text(path)!r} cannot be read ({error})", "See that it is a table"
        ) from error
    raise SourceError(
        f"{path_text(path)!r} is no CSV, tab-separated or Parquet file", "Give one of these"
    )


def _places(tracks: Mapping[str, KnownTrack]) -> dict[str, str]:
    """Return the SHA-256 of each track by all that names it, but titles that several have."""
    titles = [track.title for track in tracks.values()]
    found = {track.title: sha for sha, track in tracks.items() if titles.count(track.title) == 1}
    found |= {url: sha for sha, track in tracks.items() for url in track.urls}
    return found | {sha: sha for sha in tracks}
