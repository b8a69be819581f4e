"""Lists among a listener's uploads: what of them can be had, and why not the rest.

A list comes from another machine, and so do the paths in it: of these only the name counts, for a
song that was sent with the list. No file outside of the upload is opened, or asked for.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote

from resonance_core.errors import ResonanceError
from resonance_core.sources.lists.entry import Entry
from resonance_core.sources.lists.file import DASH, read_entries
from resonance_core.sources.lists.file import SUFFIXES as LISTS
from resonance_core.sources.lists.location import REMOTE, remote
from resonance_core.sources.local import SUFFIXES as SONGS
from resonance_core.sources.playlist import Playlist, TrackSource
from resonance_core.sources.resolved import SUFFIX, write_resolved
from studio.addresses import check_public
from studio.errors import UnusableError
from studio.uploads import given_names, kept_name

RESOLVED = f".playlist{SUFFIX}"
NAMES_ONLY = "the list says whose it is, and not where its sound is"
MATCH = "Find the tracks first, on the command line: resonance match LIST"


class _Found(NamedTuple):
    """What an entry comes to: where its sound is, or why there is none."""

    title: str
    url: str = ""
    reason: str | None = None
    duration_s: float | None = None


def list_upload(folder: Path, max_tracks: int) -> Path:
    """Return what of an upload can be ingested: its folder, or a file where it holds lists.

    The tracks are those of the lists in their order, and then the songs that no list names.

    Args:
        folder: The upload's.
        max_tracks: Tracks beyond this many are counted, and not looked at.

    Raises:
        SourceError: A list cannot be read.
        UnusableError: Nothing that the lists name can be used.
    """
    files = sorted(path for path in folder.glob("[!.]*") if path.is_file())
    lists = [path for path in files if path.suffix in LISTS]
    if not lists:
        return folder
    songs = {path.name: path for path in files if path.suffix in SONGS}
    known = songs | given_names(folder)
    read = [(path, read_entries(path)) for path in lists]
    entries = [entry for _, listed in read for entry in listed.entries if _says_something(entry)]
    found = [_find(entry, known) for entry in entries[:max_tracks]]
    named = {one.url for one in found}
    unnamed = [song for song in songs.values() if song.as_uri() not in named]
    found += [_Found(song.stem, song.as_uri()) for song in unnamed]
    if all(one.reason for one in found):
        raise _nothing(found, [path.name for path in lists])
    title = next((listed.title for _, listed in read if listed.title), lists[0].stem)
    playlist = Playlist(
        title=title,
        source=str(folder),
        tracks=tuple(_track(place, one) for place, one in enumerate(found[:max_tracks])),
        left_out=max(0, len(entries) + len(unnamed) - max_tracks),
    )
    write_resolved(playlist, folder / RESOLVED)
    return folder / RESOLVED


def _says_something(entry: Entry) -> bool:
    """Tell an entry from a line of a match file that a person has struck out."""
    return bool(entry.location or entry.title)


def _find(entry: Entry, songs: dict[str, Path]) -> _Found:
    title, artist = entry.title, entry.artist
    place = entry.location or title
    song = next((songs[name] for name in _names(place) if name in songs), None)
    if song is not None:
        name = song.stem if place == title else title or song.stem
        return _Found(name, song.as_uri(), duration_s=entry.duration_s)
    if REMOTE.match(place):
        return _at(place, entry)
    if not entry.location and (artist or DASH.match(title)):
        return _Found(" - ".join(filter(None, (artist, title))), reason=f"{NAMES_ONLY}. {MATCH}")
    name = _last(place)
    kind = "a file of another machine" if PurePosixPath(name).suffix else "no address"
    return _Found(
        title or name, reason=f"{name!r} is {kind}. Send the song itself, together with the list"
    )


def _at(address: str, entry: Entry) -> _Found:
    title = entry.title or address
    try:
        url = remote(address)
        if url is None:
            raise ValueError
        check_public(url)
    except ResonanceError as error:
        return _Found(title, reason=str(error))
    except ValueError:
        return _Found(title, reason=f"{address!r} is no web address. Correct it in the list")
    return _Found(title, url, duration_s=entry.duration_s)


def _names(place: str) -> Iterator[str]:
    """Yield the names that a song of an entry would have among the uploads."""
    for written in (_last(place), unquote(_last(place))):
        yield from (written, kept_name(written))


def _last(place: str) -> str:
    """Return the last part of a path, as any system writes it."""
    return re.split(r"[\\/]", place.rstrip("\\/"))[-1]


def _track(position: int, found: _Found) -> TrackSource:
    return TrackSource(
        position=position,
        title=found.title,
        url=found.url,
        duration_s=found.duration_s,
        refused=found.reason,
    )


def _nothing(found: list[_Found], lists: list[str]) -> UnusableError:
    names = ", ".join(map(repr, lists))
    if all(str(one.reason).startswith(NAMES_ONLY) for one in found):
        return UnusableError(
            f"{names} names {len(found)} tracks without an address or a file", MATCH
        )
    reasons = "; ".join(f"{one.title}: {one.reason}".rstrip(".") for one in found[:3])
    more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
    return UnusableError(
        f"none of the {len(found)} tracks of {names} can be used: {reasons}{more}",
        "Send the songs together with the list, or a list of web addresses",
    )
