"""List files as playlists."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from resonance_core.errors import SourceError
from resonance_core.sources.lists.entry import Entry, Listed, decode
from resonance_core.sources.lists.jspf import read_jspf
from resonance_core.sources.lists.lines import read_lines
from resonance_core.sources.lists.location import locate
from resonance_core.sources.lists.m3u import read_m3u
from resonance_core.sources.lists.matches import ENDING, is_match_file, read_matches
from resonance_core.sources.lists.table import is_table, read_table
from resonance_core.sources.lists.xspf import read_xspf
from resonance_core.sources.local import file_path, path_text
from resonance_core.sources.playlist import Playlist, TrackSource, printable
from resonance_core.sources.probe import Probe, probe
from resonance_core.sources.wanted import WantedTrack

MAX_BYTES = 10_000_000
DASH = re.compile("(.+?) [-–—] (.+)")


class _Format(NamedTuple):
    read: Callable[[bytes], Listed]
    expected: str


M3U = _Format(read_m3u, "one path or address a line")
XSPF = _Format(read_xspf, "tracks with a location, or with a creator and a title")
JSPF = _Format(read_jspf, "a playlist of tracks with a location, or with a creator and a title")
TABLE = _Format(read_table, "a header such as 'Track Name,Artist Name(s)' and a track a row")
MATCHES = _Format(read_matches, "a row with yes in the take column, and an address")
LINES = _Format(read_lines, "one address or one 'artist - title' a line")
FORMATS = {
    ".m3u": M3U,
    ".m3u8": M3U,
    ".xspf": XSPF,
    ".jspf": JSPF,
    ".json": JSPF,
    ".csv": TABLE,
    ".tsv": TABLE,
}
SUFFIXES = frozenset(FORMATS) | {".txt"}
"""Suffixes of list files; a ``.txt`` may be of any format."""


class ListFile(BaseModel):
    """What a list file holds; the positions of both kinds of tracks make one order."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    playlist: Playlist
    """The tracks with audio; ``left_out`` counts those of both kinds."""
    wanted: tuple[WantedTrack, ...]
    """The tracks that are known by name only."""
    skipped: int
    """Entries that name no track, or that a match file leaves out."""
    is_match_file: bool
    """Whether those known by name only wait for a person's word about what was found."""


def read_list(path: Path, max_tracks: int) -> ListFile:
    """Return the tracks of an M3U, XSPF, JSPF, CSV, tab-separated or match file, or plain text.

    The suffix tells the format; where it does not, the content. Files that are listed but not
    there stay: the stage that decodes them gives people the reason.

    Args:
        path: The list file; the paths in it may start from its folder.
        max_tracks: Tracks beyond this many are counted, not listed.

    Raises:
        SourceError: It is missing, too large, not readable, or names no track.
    """
    with _errors_of(path_text(path)):
        form, listed = _parse(path)
        file = path.parent.resolve() / path.name
        usable = list(_usable(listed, file.parent))
        if not usable:
            raise SourceError("names no track", f"It should hold {form.expected}")
    kept = list(enumerate(usable[:max_tracks]))
    return ListFile(
        playlist=Playlist(
            title=_one_line(listed.title) or path_text(file.stem).removesuffix(ENDING),
            source=path_text(file),
            tracks=tuple(_track(place, entry, url) for place, (entry, url) in kept if url),
            left_out=max(0, len(usable) - max_tracks),
        ),
        wanted=tuple(_wanted(place, entry) for place, (entry, url) in kept if not url),
        skipped=len(listed.entries) - len(usable),
        is_match_file=form is MATCHES,
    )


def read_entries(path: Path) -> Listed:
    """Return what a list file says, as it says it: nothing that it names is looked at.

    Args:
        path: The list file.

    Raises:
        SourceError: It is missing, too large, not readable, or says nothing.
    """
    with _errors_of(path_text(path.name)):
        form, listed = _parse(path)
        if not listed.entries:
            raise SourceError("names no track", f"It should hold {form.expected}")
        return listed


@contextmanager
def _errors_of(name: str) -> Iterator[None]:
    """Name the list in the errors of those who read it."""
    try:
        yield
    except SourceError as error:
        raise SourceError(f"the list {name!r} {error.problem}", error.remedy) from error
    except OSError as error:
        raise SourceError(
            f"the list {name!r} cannot be read ({error.strerror})", "Check its permissions"
        ) from error


def _parse(path: Path) -> tuple[_Format, Listed]:
    data = read_data(path)
    form = _format(path, data)
    return form, form.read(data)


def read_data(path: Path) -> bytes:
    """Return a list file's bytes.

    Raises:
        SourceError: It is missing or too large; the problem starts with a verb.
    """
    if not path.is_file():  # opening a pipe would wait for ever
        raise SourceError("is not a file, or not there", "Check the path")
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise SourceError(
            f"is larger than {MAX_BYTES // 1_000_000} MB", "Split it into several lists"
        )
    return data


def _format(path: Path, data: bytes) -> _Format:
    """Return a list's format by its suffix, else by its content."""
    form = FORMATS.get(path.suffix.lower()) or _recognised(data)
    return MATCHES if form is TABLE and is_match_file(decode(data)) else form


def _recognised(data: bytes) -> _Format:
    """Return the format that a list's content looks like."""
    text = decode(data).lstrip()
    if text.startswith("<"):
        return XSPF
    if text.startswith("{"):
        return JSPF
    if text.startswith("#EXTM3U"):
        return M3U
    return TABLE if is_table(text) else LINES


def _usable(listed: Listed, folder: Path) -> Iterator[tuple[Entry, str | None]]:
    """Yield the entries that name a track, and its address if they have one."""
    for entry in listed.entries:
        artist, title = _one_line(entry.artist), _one_line(entry.title)
        url = locate(entry.location, folder)
        if url is None and not artist and (names := DASH.match(title)):
            artist, title = names.groups()
        if url or (artist and title):
            yield entry._replace(artist=artist, title=title), url


def _track(position: int, entry: Entry, url: str) -> TrackSource:
    title, duration_s = entry.title, entry.duration_s
    path = file_path(url)
    if path is not None and not (title and duration_s):
        audio = probe(path) or Probe(None, None)
        title = title or _one_line(audio.title or "") or path_text(path.stem)
        duration_s = duration_s or audio.duration_s
    return TrackSource(position=position, title=title or url, url=url, duration_s=duration_s)


def _wanted(position: int, entry: Entry) -> WantedTrack:
    return WantedTrack(
        position=position, artist=entry.artist, title=entry.title, duration_s=entry.duration_s
    )


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())
