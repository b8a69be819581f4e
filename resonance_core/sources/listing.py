"""What yt-dlp found at an address, as a list of tracks."""

from typing import Any
from urllib.parse import unquote, urlsplit

from yt_dlp.utils import float_or_none, str_or_none, unsmuggle_url

LOCAL = ("file:", "arrow:")
"""What addresses of files of this machine begin with."""
UNSAFE = "unsafe:"
"""What is put before them where a list on the web names them, so that nothing opens them."""


def listing(info: dict[str, Any], url: str, max_tracks: int) -> dict[str, Any]:
    """Return the fields of a playlist, but for its source.

    Args:
        info: Of a track, or of a list whose entries were left as they were found.
        url: The address that was asked for.
        max_tracks: Tracks beyond this many are left out.
    """
    if "entries" not in info:
        track = _track(0, info, url)
        return {"title": track["title"], "tracks": [track], "left_out": 0}
    entries = [entry for entry in info["entries"] if entry]
    page = info.get("webpage_url") or url
    return {
        "title": info.get("title") or url,
        "tracks": [
            _track(position, entry, _address(entry, page))
            for position, entry in enumerate(entries[:max_tracks])
        ],
        "left_out": max(0, (info.get("playlist_count") or len(entries)) - max_tracks),
    }


def _track(position: int, entry: dict[str, Any], url: str) -> dict[str, Any]:
    name = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return {
        "position": position,
        "title": str_or_none(entry.get("title")) or name or url,
        "url": url,
        "duration_s": float_or_none(entry.get("duration")),
    }


def _address(entry: dict[str, Any], playlist: str) -> str:
    """Return where one entry of a playlist can be fetched, now and later."""
    # The page lasts, a link to the audio may expire; but an entry without a page of its own
    # carries its playlist's.
    page = entry.get("webpage_url")
    address = page if page and page != playlist else entry.get("url") or playlist
    plain, hints = unsmuggle_url(address, {})
    if plain.strip().lower().startswith(LOCAL):
        return UNSAFE + plain
    # yt-dlp's hints, such as a referring page, are needed to fetch; a feed's own id is not.
    return address if set(hints) - {"force_videoid"} else plain
