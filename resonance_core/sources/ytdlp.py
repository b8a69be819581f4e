"""Everything yt-dlp reads: lists of tracks, and one track's audio."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from yt_dlp import YoutubeDL
from yt_dlp.utils import DownloadError, YoutubeDLError, unsmuggle_url

from resonance_core.errors import SourceError, TrackError
from resonance_core.sources.failures import TransientSourceError, TransientTrackError, explain
from resonance_core.sources.playlist import Playlist, TrackSource
from resonance_core.sources.probe import probe

TIMEOUT_S = 20.0
"""How long a silent connection is waited for, in seconds."""
RETRIES = 1
"""yt-dlp's own; whoever calls decides about more."""

logger = logging.getLogger(__name__)


class _Log:
    """Takes yt-dlp's messages off the terminal: what matters of them comes as an exception."""

    def debug(self, message: str) -> None:
        logger.debug(message)

    warning = error = debug


OPTIONS: dict[str, Any] = {
    "quiet": True,
    "noprogress": True,
    "logger": _Log(),
    "color": "never",
    "cachedir": False,
    "socket_timeout": TIMEOUT_S,
    "retries": RETRIES,
    "fragment_retries": RETRIES,
    "extractor_retries": RETRIES,
    "extract_flat": "in_playlist",
    "format": "bestaudio/best",
    # Repairs need an ffmpeg program; the decoder copes without them.
    "fixup": "never",
    "updatetime": False,
}


def list_url(url: str, max_tracks: int) -> Playlist:
    """Return the tracks of a playlist, a podcast feed or a single item.

    Args:
        url: Any URL that yt-dlp reads.
        max_tracks: Tracks beyond this many are left out.

    Raises:
        TransientSourceError: It cannot be reached or read now; another try may succeed.
        SourceError: It cannot be read, or lists nothing.
    """
    # One more than wanted shows that there are more, where a site tells no total.
    wanted = {"playlist_items": f"1:{max_tracks + 1}"}
    try:
        with YoutubeDL({**OPTIONS, **wanted}) as ydl:
            info = ydl.extract_info(url, download=False) or {"entries": ()}
    except YoutubeDLError as error:
        failure = explain(error, url)
        kind = TransientSourceError if failure.transient else SourceError
        raise kind(failure.problem, failure.remedy) from error
    if "entries" not in info:
        track = _track(0, info, url)
        return Playlist(title=track.title, source=url, tracks=(track,), left_out=0)
    entries = [entry for entry in info["entries"] if entry]
    if not entries:
        raise SourceError(f"{url} lists no tracks", "Choose another playlist or feed")
    page = info.get("webpage_url") or url
    return Playlist(
        title=info.get("title") or url,
        source=url,
        tracks=tuple(
            _track(position, entry, _address(entry, page))
            for position, entry in enumerate(entries[:max_tracks])
        ),
        left_out=max(0, (info.get("playlist_count") or len(entries)) - max_tracks),
    )


def fetch(url: str, folder: Path, max_duration_s: float) -> tuple[Path, float | None]:
    """Download one track's best audio, as it is, without re-encoding.

    Args:
        url: The address of the track's page or of its audio.
        folder: Where ``audio.<ext>`` is written.
        max_duration_s: Longer tracks are refused, before the download where the site tells.

    Returns:
        The file, and its length in seconds where it tells.

    Raises:
        TransientTrackError: It could not be fetched now; another try may succeed.
        TrackError: It cannot be fetched, is too long, or is no audio.
        OSError: The folder cannot be written.
    """

    def refuse(info: dict[str, Any], *, incomplete: bool) -> None:
        if info.get("is_live"):
            raise TrackError(f"{url} is a live stream, which has no end", "Give a recording")
        check_duration(url, info.get("duration"), max_duration_s)

    target = {"paths": {"home": str(folder)}, "outtmpl": "audio.%(ext)s", "match_filter": refuse}
    try:
        with YoutubeDL({**OPTIONS, **target}) as ydl:
            info = ydl.extract_info(url) or {}
    except YoutubeDLError as error:
        if isinstance(error, DownloadError) and isinstance(error.__context__, OSError):
            raise error.__context__ from None  # of writing: the store has the words for it
        raise _track_error(error, url) from error
    if "requested_downloads" not in info:
        raise TrackError(f"{url} is a list, not one track", "Ingest it as a source of its own")
    path = Path(info["requested_downloads"][0]["filepath"])
    audio = probe(path)
    if audio is None:
        raise TrackError(f"{url} holds no audio that can be read", "See that it plays elsewhere")
    check_duration(url, audio.duration_s, max_duration_s)
    return path, audio.duration_s


def check_duration(url: str, duration_s: float | None, max_duration_s: float) -> None:
    """Refuse a track that is known to be too long.

    Args:
        url: Its address, for the message.
        duration_s: Its length in seconds, or None where nobody knows.
        max_duration_s: The longest that is taken, in seconds.

    Raises:
        TrackError: It is longer.
    """
    if duration_s is not None and duration_s > max_duration_s:
        raise TrackError(
            f"{url} lasts {duration_s:.0f} s, longer than the limit of {max_duration_s:.0f} s",
            "Raise download.max_duration_s",
        )


def _track(position: int, entry: dict[str, Any], url: str) -> TrackSource:
    name = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return TrackSource(
        position=position,
        title=entry.get("title") or name or url,
        url=url,
        duration_s=entry.get("duration"),
    )


def _address(entry: dict[str, Any], playlist: str) -> str:
    """Return where one entry of a playlist can be fetched, now and later."""
    # The page lasts, a link to the audio may expire; but an entry without a page of its own
    # carries its playlist's.
    page = entry.get("webpage_url")
    address = page if page and page != playlist else entry.get("url") or playlist
    plain, hints = unsmuggle_url(address, {})
    # yt-dlp's hints, such as a referring page, are needed to fetch; a feed's own id is not.
    return address if set(hints) - {"force_videoid"} else plain


def _track_error(error: YoutubeDLError, url: str) -> TrackError:
    failure = explain(error, url)
    kind = TransientTrackError if failure.transient else TrackError
    return kind(failure.problem, failure.remedy)
