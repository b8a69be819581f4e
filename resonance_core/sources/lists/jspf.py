"""JSPF: XSPF in JSON."""

import json
from typing import Any

from resonance_core.errors import SourceError
from resonance_core.sources.lists.entry import Entry, Listed, decode, seconds


def read_jspf(data: bytes) -> Listed:
    """Return what a JSPF file lists; parts of another type than the format's are passed over."""
    try:
        root = json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        raise SourceError(f"is not JSON ({error})", "Export it again") from error
    playlist = _member(root, "playlist")
    listed = Listed(title=_text(_member(playlist, "title")))
    tracks = _member(playlist, "track")
    for track in tracks if isinstance(tracks, list) else ():
        listed.add(_entry(track))
    return listed


def _entry(track: Any) -> Entry:
    locations = _member(track, "location")
    duration = _member(track, "duration")
    return Entry(
        title=_text(_member(track, "title")),
        artist=_text(_member(track, "creator")),
        location=_text(locations[0] if isinstance(locations, list) and locations else locations),
        duration_s=seconds(duration, 1000) if isinstance(duration, int | float | str) else None,
    )


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
