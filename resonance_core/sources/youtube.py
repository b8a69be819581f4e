"""YouTube addresses: which video, playlist or channel one names."""

import re
from typing import Literal
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

from pydantic import BaseModel, ConfigDict

from resonance_core.errors import SourceError

SHORT_HOSTS = frozenset({"youtu.be", "www.youtu.be"})
HOSTS = SHORT_HOSTS | {
    "youtube.com",
    "www.youtube.com",
    "m.youtube.com",
    "music.youtube.com",
    "youtube-nocookie.com",
    "www.youtube-nocookie.com",
}
ROOT = "https://www.youtube.com"
REDIRECTS = {"redirect": "q", "attribution_link": "u"}
"""Pages that only lead on, and the parameter that says where to."""

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{11}")
LIST_ID = re.compile(r"[A-Za-z0-9_-]{2,}")
CHANNEL_ID = re.compile(r"UC[A-Za-z0-9_-]{22}")
COPY = "Copy the address again"


class YouTubeLink(BaseModel):
    """What a YouTube address names."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: Literal["video", "playlist", "channel"]
    id: str
    """Of a video, a playlist or a channel; else the channel's ``@handle``, ``c/name`` or
    ``user/name``."""
    url: str
    """The one form of all addresses of the same thing; a channel's lists its videos."""


def parse_youtube(
    url: str, prefer: Literal["playlist", "video"] | None = None
) -> YouTubeLink | None:
    """Return what a YouTube address names.

    Args:
        url: As people paste it, with or without a scheme.
        prefer: Which one is meant where the address names a video and a list. Without it, the
            list, unless that is a mix, which has no end.

    Returns:
        The link, or None for other sites and for pages of YouTube that are no such thing.

    Raises:
        SourceError: The video, the list or the channel is missing or malformed.
    """
    parts = _split(url)
    if parts is not None and (parameter := REDIRECTS.get(parts.path.strip("/"))):
        target = _first(parts, parameter) or ""
        parts = _split(ROOT + target if re.match(r"/(?!/)", target) else target)
    if parts is None:
        return None
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    if _host(parts) in SHORT_HOSTS:
        segments = ["v", *segments]
    video = None
    match segments:
        case ["watch"]:
            video = _first(parts, "v")
        case ["playlist" | "shorts" | "live" | "embed" | "v"] | ["embed", "videoseries"]:
            pass
        case ["embed", "live_stream"]:  # as long as a video's id, but whatever is on the air
            return None
        case ["shorts" | "live" | "embed" | "v", name, *_]:
            video = name
        case ["channel" | "c" | "user" as kind, *rest]:
            return _channel(url, kind, rest[0] if rest else "")
        case [handle, *_] if handle.startswith("@"):
            return _channel(url, "@", handle[1:])
        case _:
            return None
    return _video_or_list(url, video, _first(parts, "list"), prefer)


def _split(url: str) -> SplitResult | None:
    """Return the parts of an address on a host of YouTube, or None for any other."""
    url = url.strip()
    try:
        parts = urlsplit(url if SCHEME.match(url) else f"https://{url.lstrip('/')}")
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and _host(parts) in HOSTS else None


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").removesuffix(".")


def _first(parts: SplitResult, parameter: str) -> str | None:
    """Return a parameter of the query, empty if it is there without a value."""
    return parse_qs(parts.query, keep_blank_values=True).get(parameter, [None])[0]


def _video_or_list(
    url: str, video: str | None, playlist: str | None, prefer: str | None
) -> YouTubeLink:
    if video is None and playlist is None:
        raise SourceError(f"{url} names no video and no playlist", "Open one and copy its address")
    if video is not None and not VIDEO_ID.fullmatch(video):
        raise SourceError(
            f"{url} holds {video!r} for a video, but its id has 11 letters, digits, - or _", COPY
        )
    if playlist == "":
        raise SourceError(f"the list= of {url} is empty", f"{COPY}, or leave list= out")
    if playlist is not None and not LIST_ID.fullmatch(playlist):
        raise SourceError(
            f"{url} holds {playlist!r} for a list, but its id has only letters, digits, - and _",
            COPY,
        )
    if playlist is None or (video and prefer == "video"):
        return _video(str(video))
    if video and _is_mix(playlist):
        # A mix starts from its video and has no page of its own.
        page = f"{ROOT}/watch?v={video}&list={playlist}"
        return _playlist(playlist, page) if prefer == "playlist" else _video(video)
    return _playlist(playlist, f"{ROOT}/playlist?list={playlist}")


def _is_mix(playlist: str) -> bool:
    """Tell the lists that YouTube makes up as one listens; its editors' own start alike."""
    return playlist.startswith("RD") and not playlist.startswith("RDCLAK5uy_")


def _video(video: str) -> YouTubeLink:
    return YouTubeLink(kind="video", id=video, url=f"{ROOT}/watch?v={video}")


def _playlist(playlist: str, url: str) -> YouTubeLink:
    return YouTubeLink(kind="playlist", id=playlist, url=url)


def _channel(url: str, kind: str, name: str) -> YouTubeLink:
    if kind == "channel":
        if not CHANNEL_ID.fullmatch(name):
            raise SourceError(
                f"{url} holds {name!r} for a channel, but its id is UC and 22 letters, digits, "
                "- or _",
                COPY,
            )
        # All uploads: the channels that YouTube makes for artists have no page of videos.
        return YouTubeLink(kind="channel", id=name, url=f"{ROOT}/playlist?list=UU{name[2:]}")
    if not name.strip() or not name.isprintable():
        raise SourceError(f"{url} holds {name!r} for a channel's name", COPY)
    prefix = kind if kind == "@" else f"{kind}/"
    page = f"{ROOT}/{prefix}{quote(name, safe='')}/videos"
    return YouTubeLink(kind="channel", id=prefix + name, url=page)
