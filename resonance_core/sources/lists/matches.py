"""Match files: what was found for tracks known by name, for a person to confirm or edit.

A match file is a CSV that spreadsheets open. A row with ``yes`` is a track of the playlist, one
with ``no`` is left out, and one with ``?`` waits for a person's word.
"""

import csv
import io
import math
from collections.abc import Iterable
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from resonance_core.errors import SourceError
from resonance_core.sources.lists.entry import Entry, Listed, decode, seconds
from resonance_core.sources.lists.spreadsheet import guarded, unguarded
from resonance_core.sources.lists.table import cell, headers, rows

ENDING = ".matches"
"""Of a match file's name, before its suffix."""
RECOGNISED_BY = frozenset({"artist", "title", "url", "take"})
OTHERS = ("other_1", "other_2", "other_3")
TEXTS = ("artist", "title", "found_artist", "found_title", "url", "note")
DURATIONS = ("duration_s", "found_duration_s")
COLUMNS = (
    *("position", "artist", "title", "duration_s"),
    *("found_artist", "found_title", "found_duration_s", "difference_s", "url"),
    *("take", "note", *OTHERS),
)
Take = Literal["yes", "?", "no"]


class Match(BaseModel):
    """A track of a list, and where its audio is; durations in seconds, None where unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    artist: str = ""
    """As the list has it, and so are title and duration; empty for a track with audio."""
    title: str
    duration_s: float | None = None
    found_artist: str = ""
    found_title: str = ""
    found_duration_s: float | None = None
    url: str = ""
    take: Take = "?"
    note: str = ""
    """Why a person has to look."""
    others: tuple[str, ...] = ()
    """The next best, each with its address."""

    @property
    def difference_s(self) -> float | None:
        """How much longer what was found is, in seconds."""
        if self.duration_s is None or self.found_duration_s is None:
            return None
        return self.found_duration_s - self.duration_s

    @property
    def unsearched(self) -> bool:
        """Whether nothing is known yet; what was searched without success is not to be taken."""
        return self.take == "?" and not self.url


def is_match_file(text: str) -> bool:
    """Tell whether a text's first line is a match file's header."""
    return _layout(text) is not None


def read_matches(data: bytes) -> Listed:
    """Return what a match file lists; rows that are not decided have no location."""
    listed = Listed()
    for match in parse_matches(data):
        listed.add(Entry() if match.take == "no" else _entry(match))
    return listed


def parse_matches(data: bytes) -> list[Match]:
    """Return the rows of a match file by position, which a person may have sorted otherwise.

    Raises:
        SourceError: It is no match file, or a row cannot be read; the problem starts with a verb.
    """
    text = decode(data)
    layout = _layout(text)
    if layout is None:
        raise SourceError("is no match file", "Choose another place with --out")
    delimiter, places = layout
    columns = {name: places.get(name.replace("_", " ")) for name in COLUMNS}
    table = rows(text, delimiter, quoted=True)
    next(table)
    found = [
        {name: unguarded(cell(row, place)) for name, place in columns.items()} for row in table
    ]
    found.sort(key=lambda row: seconds(row["position"]) or math.inf)
    return [_match(row) for row in found]


def format_matches(matches: Iterable[Match]) -> bytes:
    """Return a match file's content; durations are rounded to whole seconds."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    writer.writerows(_row(position, match) for position, match in enumerate(matches, start=1))
    # Excel takes it for UTF-8 only with a mark.
    return file.getvalue().encode("utf-8-sig")


def _layout(text: str) -> tuple[str, dict[str, int]] | None:
    """Return a match file's delimiter and the places of its columns."""
    return next((found for found in headers(text) if found[1].keys() >= RECOGNISED_BY), None)


def _entry(match: Match) -> Entry:
    return Entry(
        title=match.title or match.url or "untitled",
        artist=match.artist or "unknown",
        location=match.url if match.take == "yes" else "",
        duration_s=match.duration_s or match.found_duration_s,
    )


def _match(row: dict[str, str]) -> Match:
    take = row["take"].casefold() or "?"
    if take not in get_args(Take):
        raise SourceError(
            f"has {row['take']!r} in the take column of {row['title']!r}", "Write ?, yes or no"
        )
    return Match.model_validate(
        {
            **{name: row[name] for name in TEXTS},
            **{name: seconds(row[name]) for name in DURATIONS},
            "take": take,
            "others": tuple(row[name] for name in OTHERS if row[name]),
        }
    )


def _row(position: int, match: Match) -> dict[str, str]:
    texts = {
        **{name: getattr(match, name) for name in TEXTS},
        **dict(zip(OTHERS, match.others, strict=False)),
    }
    times = {name: getattr(match, name) for name in (*DURATIONS, "difference_s")}
    return {
        "position": str(position),
        "take": match.take,
        **{name: guarded(text) for name, text in texts.items()},
        **{name: "" if time is None else str(round(time)) for name, time in times.items()},
    }
