"""The match file on disk, which a person may edit at any time."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from resonance_core.errors import SourceError
from resonance_core.sources.lists.file import read_data
from resonance_core.sources.lists.matches import Match, format_matches, parse_matches

Key = tuple[str, str, int]
"""Artist, title, and how many rows before it have the same."""


def by_name(rows: Iterable[Match]) -> dict[Key, Match]:
    """Return rows by what tells them apart, in their order."""
    seen = Counter[tuple[str, str]]()
    named = {}
    for row in rows:
        names = row.artist, row.title
        named[*names, seen[names]] = row
        seen[names] += 1
    return named


def read(path: Path) -> list[Match]:
    """Return the rows of a match file, none if it is not there.

    Raises:
        SourceError: It is no match file, or cannot be read.
    """
    try:
        return parse_matches(read_data(path)) if path.exists() else []
    except SourceError as error:
        raise SourceError(f"{str(path)!r} {error.problem}", error.remedy) from error
    except OSError as error:
        raise SourceError(
            f"{str(path)!r} cannot be read ({error.strerror})", "Check its permissions"
        ) from error


def keep_searched(rows: dict[Key, Match], path: Path) -> None:
    """Put the rows of a match file in the place of ours, except those that were not searched.

    Raises:
        SourceError: It is no match file, or cannot be read.
    """
    rows.update((key, row) for key, row in by_name(read(path)).items() if not row.unsearched)


def save(rows: dict[Key, Match], path: Path) -> None:
    """Write a match file, never half of it, and never over what a person wrote meanwhile.

    Raises:
        SourceError: What is there is no match file, or it cannot be written.
    """
    keep_searched(rows, path)
    partial = path.with_name(f"{path.name}.part")
    try:
        partial.write_bytes(format_matches(rows.values()))
        partial.replace(path)
    except OSError as error:
        raise SourceError(
            f"{str(path)!r} cannot be written ({error.strerror})",
            "Close it elsewhere, or choose another place with --out",
        ) from error
