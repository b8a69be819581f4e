"""CSV and tab-separated tables with a header, as music services export them."""

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from resonance_core.errors import SourceError
from resonance_core.sources.lists.entry import Entry, Listed, decode, seconds

TITLES = ("track name", "name", "title", "track title", "song name", "song", "track")
ARTISTS = ("artist name(s)", "artist name", "artist names", "artist", "artists", "artist(s)")
PER_SECOND = {
    "duration (ms)": 1000,
    "track duration (ms)": 1000,
    "duration ms": 1000,
    "total time": 1000,
    "time": 1,
    "duration": 1,
}
"""Columns of durations, and how many of their units make a second."""


class _Layout(NamedTuple):
    """How a table is written, and which columns matter."""

    delimiter: str
    title: int
    artist: int
    duration: int | None
    per_second: int


def is_table(text: str) -> bool:
    """Tell whether a text's first line is a header that names titles and artists."""
    return _layout(text) is not None


def read_table(data: bytes) -> Listed:
    """Return what a table lists; without a header that can be read, nothing."""
    listed = Listed()
    text = decode(data)
    layout = _layout(text)
    if layout is None:
        return listed
    # Tables with tabs quote nothing, and a title may start with a quotation mark.
    table = rows(text, layout.delimiter, quoted=layout.delimiter != "\t")
    next(table)
    for row in table:
        duration = cell(row, layout.duration)
        listed.add(
            Entry(
                title=cell(row, layout.title),
                artist=cell(row, layout.artist),
                duration_s=_duration(duration, layout.per_second),
            )
        )
    return listed


def headers(text: str) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield each delimiter, and the places of the columns that a text's first line has with it."""
    header = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")
    for delimiter in "\t;,":
        names = next(rows(header, delimiter, quoted=True), [])
        yield (
            delimiter,
            {" ".join(n.casefold().replace("_", " ").split()): i for i, n in enumerate(names)},
        )


def rows(text: str, delimiter: str, *, quoted: bool) -> Iterator[list[str]]:
    """Yield the rows that are not empty.

    Args:
        text: The table.
        delimiter: What stands between two cells.
        quoted: Whether quotation marks may enclose cells.

    Raises:
        SourceError: A cell has no end; the problem starts with a verb.
    """
    table = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
    )
    try:
        yield from (row for row in table if any(cell.strip() for cell in row))
    except csv.Error as error:
        raise SourceError(
            f"cannot be read at line {table.line_num} ({error})", "Export it again"
        ) from error


def cell(row: list[str], place: int | None) -> str:
    """Return a row's cell, empty where the row ends before it or the table lacks its column."""
    return row[place].strip() if place is not None and place < len(row) else ""


def _layout(text: str) -> _Layout | None:
    for delimiter, places in headers(text):
        title = next((places[name] for name in TITLES if name in places), None)
        artist = next((places[name] for name in ARTISTS if name in places), None)
        if title is not None and artist is not None:
            duration = next((name for name in PER_SECOND if name in places), None)
            if duration is None:
                return _Layout(delimiter, title, artist, None, 1)
            return _Layout(delimiter, title, artist, places[duration], PER_SECOND[duration])
    return None


def _duration(text: str, per_second: int) -> float | None:
    """Return a number of units, or a time such as 4:05, 1:02:03 or 245s, in seconds."""
    if text.endswith("s"):
        return seconds(text[:-1])
    if ":" not in text:
        return seconds(text, per_second)
    total = 0.0
    for part in text.split(":"):
        if not part.isdecimal():
            return None
        total = 60 * total + float(part)
    return seconds(total)
