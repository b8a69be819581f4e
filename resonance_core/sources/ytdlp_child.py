"""yt-dlp at work: what runs in a process of its own for each listing and each track."""

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from yt_dlp import YoutubeDL
from yt_dlp.networking import Request, RequestDirector, RequestHandler, Response
from yt_dlp.utils import YoutubeDLError

from resonance_core.errors import TrackError
from resonance_core.sources.child import serve
from resonance_core.sources.failures import Failure, explain
from resonance_core.sources.limits import check_duration, check_size
from resonance_core.sources.listing import listing
from resonance_core.sources.public import connect_to_public_only

PAGE_BYTES = 32_000_000
"""No page, feed or manifest may be larger."""
RETRIES = 1
"""yt-dlp's own; whoever calls decides about more."""

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.EIO)
"""Errors of the folder; those of the network are of the same class."""

OPTIONS: dict[str, Any] = {
    "quiet": True,
    "noprogress": True,
    "color": "never",
    "cachedir": False,
    "retries": RETRIES,
    "fragment_retries": RETRIES,
    "extractor_retries": RETRIES,
    "skip_unavailable_fragments": False,
    "extract_flat": "in_playlist",
    "format": "bestaudio/best",
    # No program of FFmpeg's is needed or used: the decoder copes with what it would repair.
    "fixup": "never",
    "hls_prefer_native": True,
    "ffmpeg_location": f"{os.devnull}/none",
    "updatetime": False,
}


class _Client(YoutubeDL):
    """yt-dlp, which takes no page that is larger than `PAGE_BYTES`.

    What connects by libcurl is left out where connections are watched, which are Python's.
    """

    def build_request_director(
        self, handlers: Iterable[type[RequestHandler]], preferences: Any = None
    ) -> RequestDirector:
        if self.params["public_only"]:
            handlers = [handler for handler in handlers if handler.RH_KEY != "CurlCFFI"]
        director: RequestDirector = super().build_request_director(handlers, preferences)
        return director

    def urlopen(self, req: Request | str) -> Response:
        response: Response = super().urlopen(req)
        read = response.read

        def read_page(size: int | None = None) -> bytes:
            if size is not None:
                return bytes(read(size))
            page = bytearray()
            while piece := read(1 << 20):
                page += piece
                if len(page) > PAGE_BYTES:
                    raise TrackError(
                        f"the page {response.url} is larger than {PAGE_BYTES / 1e6:g} MB",
                        "Give the address of a track, a playlist or a podcast feed",
                    )
            return bytes(page)

        response.read = read_page
        return response


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Return what is asked for, or ``failure``, or ``os_error`` where the folder is at fault.

    Args:
        request: The ``url``, the ``silence_s`` that a connection may have, whether it is
            ``public_only`` (see `RuntimeConfig`), and either the ``max_tracks`` of a listing or
            the ``folder``, ``max_duration_s`` and ``max_bytes`` of a download.
    """
    url = request["url"]
    refused = connect_to_public_only() if request["public_only"] else []
    try:
        return _list(request) if "max_tracks" in request else _fetch(request)
    except YoutubeDLError as error:
        cause = error.__context__
        if refused:  # yt-dlp may have dropped it on the way here
            problem = f"{url} leads to a place that is not public ({refused[-1]})"
            failure = Failure(problem, "Give the address of a public site", transient=False)
            return {"failure": failure._asdict()}
        if isinstance(cause, OSError) and cause.errno in FULL + CLOSED:
            return {"os_error": [cause.errno, cause.strerror]}
        failure = explain(error, url)
    except TrackError as error:
        failure = Failure(error.problem, error.remedy, transient=False)
    return {"failure": failure._asdict()}


def _list(request: dict[str, Any]) -> dict[str, Any]:
    # One more than wanted shows that there are more, where a site tells no total.
    wanted = {"playlist_items": f"1:{request['max_tracks'] + 1}"}
    with _client(request, wanted) as client:
        info = client.extract_info(request["url"], download=False) or {"entries": ()}
        return listing(info, request["url"], request["max_tracks"])


def _fetch(request: dict[str, Any]) -> dict[str, Any]:
    """Download one track's best audio, and return the ``file`` it is in."""
    url = request["url"]

    def refuse(info: dict[str, Any], *, incomplete: bool) -> None:
        if info.get("is_live"):
            raise TrackError(f"{url} is a live stream, which has no end", "Give a recording")
        check_duration(url, info.get("duration"), request["max_duration_s"])

    def watch(progress: dict[str, Any]) -> None:
        for size in (progress.get("total_bytes"), progress.get("downloaded_bytes")):
            check_size(url, size, request["max_bytes"])

    options = {
        "paths": {"home": request["folder"]},
        "outtmpl": "audio.%(ext)s",
        "match_filter": refuse,
        "progress_hooks": [watch],
    }
    with _client(request, options) as client:
        info = client.extract_info(url) or {}
    if "requested_downloads" not in info:
        raise TrackError(f"{url} is a list, not one track", "Ingest it as a source of its own")
    return {"file": Path(info["requested_downloads"][0]["filepath"]).name}


def _client(request: dict[str, Any], options: dict[str, Any]) -> _Client:
    asked = {"socket_timeout": request["silence_s"], "public_only": request["public_only"]}
    return _Client({**OPTIONS, **asked, **options})


if __name__ == "__main__":
    serve(answer)
