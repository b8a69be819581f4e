"""From what people paste to a playlist."""

import shlex
from pathlib import Path

from resonance_core.config import ResolveConfig
from resonance_core.errors import SourceError
from resonance_core.sources.lists.file import SUFFIXES, read_list
from resonance_core.sources.local import file_path, list_path
from resonance_core.sources.playlist import Playlist
from resonance_core.sources.resolved import SUFFIX as RESOLVED
from resonance_core.sources.resolved import read_resolved
from resonance_core.sources.youtube import parse_youtube
from resonance_core.sources.ytdlp import list_url


def resolve(source: str, config: ResolveConfig) -> Playlist:
    """List the tracks of a folder, a file, a list file, or any URL that yt-dlp reads.

    Args:
        source: A path or a URL; a YouTube address may lack its scheme.
        config: How many tracks are taken, in the source's order.

    Raises:
        SourceError: The source is missing, unreachable, not readable or without audio.
    """
    if (link := parse_youtube(source, config.prefer)) is not None:
        return list_url(link.url, config.max_tracks)
    path = _path(source)
    if path is None:
        return list_url(source, config.max_tracks)
    if path.suffix.lower() in SUFFIXES:
        return _from_list(path, config)
    if path.suffix == RESOLVED:
        return read_resolved(path, config.max_tracks)
    return list_path(path, config.max_tracks)


def _path(source: str) -> Path | None:
    """Return the path that a source names, or None for an address.

    Raises:
        SourceError: It names nothing, or is no path.
    """
    if not source.strip():
        raise SourceError("the source is empty", "Give a folder, a file or an address")
    try:
        path = file_path(source) if "://" in source else Path(source).expanduser()
    except (RuntimeError, ValueError) as error:  # nobody's home, or no address
        raise SourceError(f"{source!r} is no path ({error})", "Check it") from error
    if path is not None and "\0" in str(path):
        raise SourceError(f"{source!r} is no path (it holds a zero byte)", "Check it")
    return path


def _from_list(path: Path, config: ResolveConfig) -> Playlist:
    """Return a list file's playlist.

    Raises:
        SourceError: It names tracks without saying where their audio is.
    """
    found = read_list(path, config.max_tracks)
    if not found.wanted:
        return found.playlist
    first = ", ".join(f"{track.artist} - {track.title!r}" for track in found.wanted[:3])
    if found.is_match_file:
        raise SourceError(
            f"{len(found.wanted)} tracks of {path.name!r} are not decided, such as {first}",
            "Write yes or no in their take column; yes needs an address in url",
        )
    raise SourceError(
        f"{len(found.wanted)} tracks of {path.name!r} have no address or file, such as {first}",
        f"Find them first: resonance match {shlex.quote(str(path))}",
    )
