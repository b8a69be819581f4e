"""What every list format comes down to, and how its text is read."""

import codecs
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from resonance_core.errors import SourceError

MAX_ENTRIES = 50_000
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Entry(NamedTuple):
    """One entry as the list has it; any part may be missing."""

    title: str = ""
    artist: str = ""
    location: str = ""
    """A path, an address, or whatever else stands in its place."""
    duration_s: float | None = None


@dataclass
class Listed:
    """What a list says.

    The readers raise a ``SourceError`` whose problem starts with a verb: they do not know the
    file's name.
    """

    title: str = ""
    entries: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Take one more entry, up to the limit."""
        if len(self.entries) == MAX_ENTRIES:
            raise SourceError(
                f"holds more than {MAX_ENTRIES:,} entries", "Split it into several lists"
            )
        self.entries.append(entry)


def decode(data: bytes) -> str:
    """Return a list's text: with a mark in UTF-8 or UTF-16, else in UTF-8 or Windows' Latin-1."""
    encoding = next((name for mark, name in MARKS.items() if data.startswith(mark)), None)
    try:
        text = data.decode(encoding or "utf-8", errors="replace" if encoding else "strict")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        raise SourceError("is not text", "Save it as text in UTF-8")
    return text


def lines(text: str) -> Iterator[str]:
    """Yield the lines that are not empty, without the space around them."""
    # str.splitlines also ends a line at signs that names may hold.
    return filter(None, map(str.strip, io.StringIO(text, newline=None)))


def seconds(value: str | float, per_second: int = 1) -> float | None:
    """Return a duration in seconds, or None for what is none."""
    try:
        number = float(value) / per_second
    except (ValueError, OverflowError):
        return None
    return number if 0 < number < math.inf else None
