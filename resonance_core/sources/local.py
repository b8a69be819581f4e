"""Folders and single files as playlists."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from resonance_core.errors import SourceError
from resonance_core.sources.playlist import Playlist, TrackSource
from resonance_core.sources.probe import probe

KINDS = """
    3gp aac ac3 aif aifc aiff amr ape asf au avi caf dff dsf dts eac3 flac flv m2ts m4a m4b m4v mka
    mkv mov mp1 mp2 mp3 mp4 mpc mpeg mpg mts oga ogg ogv opus ra rm shn snd spx tak tta voc w64 wav
    webm wma wmv wv
"""
SUFFIXES = frozenset(f".{kind}" for kind in KINDS.split())
"""Suffixes of files that FFmpeg is likely to read sound from."""


def list_path(path: Path, max_tracks: int) -> Playlist:
    """Return the audio below a folder in natural order of its relative path, or one file.

    Hidden files and folders are passed over.

    Args:
        path: A folder or a file.
        max_tracks: Files beyond this many are counted, not listed.

    Raises:
        SourceError: Nothing is there, it cannot be read, or no audio is in it.
    """
    files = audio_files(path)
    tracks = tuple(_track(position, file) for position, file in enumerate(files[:max_tracks]))
    if path.is_file():
        title, source = tracks[0].title, path_text(files[0])
    else:
        folder = path.resolve()
        title, source = path_text(folder.name) or path_text(folder), path_text(folder)
    return Playlist(
        title=title, source=source, tracks=tracks, left_out=max(0, len(files) - max_tracks)
    )


def audio_files(path: Path) -> list[Path]:
    """Return the files that `list_path` lists, without a look into them.

    Raises:
        SourceError: Nothing is there, it cannot be read, or no audio is in it.
    """
    try:
        if path.is_file():
            # The link's own name is the track's, wherever the link may point.
            return [path.parent.resolve() / path.name]
        folder = path.resolve()
        files = sorted(_audio_below(folder), key=lambda file: _natural(file.relative_to(folder)))
    except FileNotFoundError as error:
        raise SourceError(
            f"there is no file or folder {path_text(path)!r}",
            "Check the path; an address starts with http:// or https://",
        ) from error
    except OSError as error:
        raise SourceError(
            f"{path_text(path)!r} cannot be read ({error.strerror})", "Check its permissions"
        ) from error
    if not files:
        raise SourceError(
            f"the folder {path_text(folder)!r} holds no audio",
            "Choose a folder with files such as .mp3, .flac or .opus",
        )
    return files


def file_path(url: str) -> Path | None:
    """Return the path that a ``file://`` URL names, or None for any other URL."""
    if not url.lower().startswith("file:"):  # without parsing, for it may be no address at all
        return None
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(url).path)))


def _audio_below(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise error

    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                yield Path(parent, name)


def _natural(path: Path) -> tuple[list[list[str | int]], str]:
    """Return a sort key under which track 2 comes before track 10, folder by folder."""
    parts: list[list[str | int]] = [
        # Splitting at a group leaves the digits at the odd places.
        [int(run) if place % 2 else run.casefold() for place, run in enumerate(pieces)]
        for pieces in (re.split(r"(\d+)", part) for part in path.parts)
    ]
    return parts, str(path)


def _track(position: int, file: Path) -> TrackSource:
    # A file that cannot be read stays: the stage that decodes it gives people the reason.
    title, duration_s = probe(file) or (None, None)
    return TrackSource(
        position=position,
        title=title or path_text(file.stem),
        url=file.as_uri(),
        duration_s=duration_s,
    )


def path_text(name: Path | str) -> str:
    """Return a path as text that JSON can hold, whatever bytes the file system has."""
    return os.fsencode(name).decode(errors="replace")
