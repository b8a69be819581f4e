"""From what a list has for a location to the address of a track."""

import os
import re
from pathlib import Path, PurePath, PureWindowsPath
from urllib.parse import unquote_to_bytes, urlsplit

from resonance_core.errors import SourceError
from resonance_core.sources.local import file_path
from resonance_core.sources.youtube import parse_youtube

LISTS = frozenset({".m3u", ".m3u8", ".xspf", ".jspf", ".pls", ".asx", ".wpl"})
REMOTE = re.compile(r"https?://", re.IGNORECASE)
DRIVE = re.compile(r"[A-Za-z]:[\\/]")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:(?=\S)")


def locate(location: str, folder: Path) -> str | None:
    """Return the URL of a track, whether or not a file is there.

    Args:
        location: A path, absolute or from the list's folder, or an address.
        folder: Where the list lies, absolute.

    Returns:
        A ``file://`` URL, an address, or None if no audio can be had from it.

    Raises:
        SourceError: It is another list.
    """
    try:
        if not location:
            return None
        if REMOTE.match(location):
            return remote(location)
        if PurePath(location).suffix.lower() in LISTS:
            raise _nested(location)
        return _local(location, folder)
    except (OSError, RuntimeError, ValueError):
        return None  # no file system takes the name, its links go in a circle, or it is no address


def remote(location: str) -> str | None:
    """Return the address of a track on the web, or None for one that is none.

    Args:
        location: What starts as `REMOTE`.

    Raises:
        SourceError: It is another list.
        ValueError: It cannot be read as an address.
    """
    parts = urlsplit(location)
    try:
        video = parse_youtube(location, prefer="video")
    except SourceError:
        return None
    if video is not None and video.kind != "video":
        raise _nested(location)
    # M3U8 on the web is also one recording cut into pieces.
    if PurePath(parts.path).suffix.lower() in LISTS - {".m3u8"}:
        raise _nested(location)
    if video is not None:
        return video.url
    return location if parts.hostname and location.isprintable() else None


def _local(location: str, folder: Path) -> str | None:
    if DRIVE.match(location):
        return PureWindowsPath(location).as_uri()
    named = file_path(location)
    file = folder / (named or location)
    if named is None and not file.exists():
        if SCHEME.match(location):
            return None
        # As Windows and programs that think of addresses write a path.
        file = folder / os.fsdecode(unquote_to_bytes(location.replace("\\", "/")))
    # The link's own name is the track's, wherever the link may point.
    file = file.parent.resolve() / file.name
    return None if "\0" in str(file) else file.as_uri()


def _nested(location: str) -> SourceError:
    return SourceError(
        f"holds another list, {location!r}",
        "Put its tracks in its place, or give it as a source of its own",
    )
