"""Everything yt-dlp reads: lists of tracks, and one track's audio."""

from pathlib import Path
from typing import Any, NoReturn

from resonance_core.config import DownloadConfig, RuntimeConfig
from resonance_core.errors import (
    SourceError,
    TrackError,
    TransientSourceError,
    TransientTrackError,
)
from resonance_core.sources.child import ChildDiedError, ask
from resonance_core.sources.limits import check_duration
from resonance_core.sources.pacing import PACING, host_of
from resonance_core.sources.playlist import Playlist
from resonance_core.sources.probe import probe

CHILD = "resonance_core.sources.ytdlp_child"
SILENCE_S = 20.0
"""How long a silent connection is waited for, in seconds."""
LISTING_S = 300.0
"""How long a listing may take, in seconds."""


def list_url(url: str, max_tracks: int) -> Playlist:
    """Return the tracks of a playlist, a podcast feed or a single item.

    Args:
        url: Any URL that yt-dlp reads.
        max_tracks: Tracks beyond this many are left out.

    Raises:
        TransientSourceError: It cannot be reached or read now; another try may succeed.
        SourceError: It cannot be read, or lists nothing.
    """
    try:
        found = _ask({"url": url, "max_tracks": max_tracks}, LISTING_S)
    except TimeoutError as error:
        raise SourceError(
            f"{url} was not listed within {LISTING_S:g} s",
            "Try again later, or give another address",
        ) from error
    if (failure := found.get("failure")) is not None:
        kind = TransientSourceError if failure["transient"] else SourceError
        raise kind(failure["problem"], failure["remedy"])
    if not found["tracks"]:
        raise SourceError(f"{url} lists no tracks", "Choose another playlist or feed")
    return Playlist.model_validate({**found, "source": url})


def fetch(url: str, folder: Path, config: DownloadConfig) -> tuple[Path, float | None]:
    """Download one track's best audio, as it is, without re-encoding.

    Args:
        url: The address of the track's page or of its audio.
        folder: Where ``audio.<ext>`` is written.
        config: What is too long, too large or too slow, the first before the download where the
            site tells; and how its host is treated.

    Returns:
        The file, and its length in seconds where it tells.

    Raises:
        TransientTrackError: It could not be fetched now; another try may succeed.
        TrackError: It cannot be fetched, is too much, or is no audio.
        OSError: The folder cannot be written.
    """
    request = {
        "url": url,
        "folder": str(folder),
        "max_duration_s": config.max_duration_s,
        "max_bytes": config.max_bytes,
    }
    host = host_of(url)
    PACING.wait(host, config.interval_s, config.max_wait_s)
    try:
        found = _ask(request, config.timeout_s)
    except TimeoutError as error:
        size = sum(file.stat().st_size for file in folder.iterdir())
        raise TrackError(
            f"{url} did not arrive within {config.timeout_s:g} s, only {size / 1e3:.0f} kB of it",
            "Raise download.timeout_s, unless it has no end",
        ) from error
    if (failure := found.get("failure")) is not None:
        _raise(failure, host, config.max_wait_s)
    PACING.answered(host)
    path = folder / found["file"]
    audio = probe(path)
    if audio is None:
        raise TrackError(f"{url} holds no audio that can be read", "See that it plays elsewhere")
    check_duration(url, audio.duration_s, config.max_duration_s)
    return path, audio.duration_s


def _raise(failure: dict[str, Any], host: str, max_wait_s: float) -> NoReturn:
    problem, remedy = failure["problem"], failure["remedy"]
    if failure["wait_s"] is not None:
        try:
            PACING.leave_alone(host, failure["wait_s"], max_wait_s)
        except TrackError as error:
            raise TrackError(f"{problem}; {error.problem}", error.remedy) from error
    raise (TransientTrackError if failure["transient"] else TrackError)(problem, remedy)


def _ask(request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
    """Return yt-dlp's answer, which may be a ``failure``.

    Raises:
        TimeoutError: None came in time.
        OSError: What was asked for cannot be written.
    """
    try:
        public_only = RuntimeConfig().public_only
        request = {**request, "silence_s": SILENCE_S, "public_only": public_only}
        answer = ask(CHILD, request, timeout_s)
    except ChildDiedError as error:
        problem = f"yt-dlp broke down at {request['url']} ({error})"
        remedy = "Check the address, or try a newer yt-dlp: pip install -U yt-dlp"
        failure = {"problem": problem, "remedy": remedy, "transient": False, "wait_s": None}
        return {"failure": failure}
    if "os_error" in answer:
        raise OSError(*answer["os_error"])
    return answer
