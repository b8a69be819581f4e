"""Playlists whose tracks were listed elsewhere, such as by a service that looks at addresses."""

from pathlib import Path

from pydantic import ValidationError

from resonance_core.errors import SourceError
from resonance_core.sources.playlist import Playlist

SUFFIX = ".tracks"
"""Of the file that holds one."""


def write_resolved(playlist: Playlist, path: Path) -> None:
    """Write a playlist's tracks to a file, which is then a source like any other."""
    path.write_bytes(playlist.model_dump_json(indent=1).encode())


def read_resolved(path: Path, max_tracks: int) -> Playlist:
    """Return the playlist in a file; tracks beyond the maximum are counted, not listed.

    Raises:
        SourceError: It cannot be read, or holds none.
    """
    try:
        playlist = Playlist.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise SourceError(f"{path.name!r} holds no tracks", "List them again") from error
    tracks = playlist.tracks
    left_out = playlist.left_out + max(0, len(tracks) - max_tracks)
    return playlist.model_copy(update={"tracks": tracks[:max_tracks], "left_out": left_out})
