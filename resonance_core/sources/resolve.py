"""From what people paste to a playlist."""

from pathlib import Path

from resonance_core.config import ResolveConfig
from resonance_core.sources.local import file_path, list_path
from resonance_core.sources.playlist import Playlist
from resonance_core.sources.ytdlp import list_url


def resolve(source: str, config: ResolveConfig) -> Playlist:
    """List the tracks of a folder, a file, or any URL that yt-dlp reads.

    Args:
        source: A path or a URL.
        config: How many tracks are taken, in the source's order.

    Raises:
        SourceError: The source is missing, unreachable, not readable or without audio.
    """
    if "://" not in source:
        return list_path(Path(source).expanduser(), config.max_tracks)
    path = file_path(source)
    return (
        list_url(source, config.max_tracks) if path is None else list_path(path, config.max_tracks)
    )
