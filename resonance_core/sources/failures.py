"""yt-dlp's failures in words, and which of them may pass."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

from yt_dlp.networking.exceptions import CertificateVerifyError, HTTPError, TransportError
from yt_dlp.utils import DownloadError, ExtractorError, UnsupportedError, YoutubeDLError

from resonance_core.errors import SourceError, TrackError

PASSING = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
"""Answers below 500 that another try may change."""


class TransientTrackError(TrackError):
    """A track that could not be fetched now; another try may succeed."""


class TransientSourceError(SourceError):
    """A source that could not be listed now; another try may succeed."""


class Failure(NamedTuple):
    """What went wrong, for people and for whoever decides about another try."""

    problem: str
    remedy: str
    transient: bool


def explain(error: YoutubeDLError, url: str) -> Failure:
    """Return in words why yt-dlp could not read a URL."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, HTTPError):
            transient = cause.status >= HTTPStatus.INTERNAL_SERVER_ERROR or cause.status in PASSING
            remedy = "Try again later" if transient else "Check the address"
            answer = f"{cause.status} {cause.reason or ''}".strip()
            return Failure(f"{url} answered {answer}", remedy, transient)
        if isinstance(cause, CertificateVerifyError):
            host = urlsplit(url).hostname
            return Failure(f"the certificate of {host} is not valid", "Check the address", False)
        if isinstance(cause, TransportError):
            host = urlsplit(url).netloc
            remedy = "Check the address and the network, or try again later"
            return Failure(f"the connection to {host} failed ({_detail(causes)})", remedy, True)
    for cause in causes:
        if isinstance(cause, UnsupportedError):
            remedy = "Give the address of a track, a playlist or a podcast feed"
            return Failure(f"yt-dlp finds no audio at {url}", remedy, False)
        if isinstance(cause, ExtractorError):
            remedy = "See that it opens in a browser, or try a newer yt-dlp: pip install -U yt-dlp"
            return Failure(f"{url} cannot be read: {_plain(cause.orig_msg)}", remedy, False)
    if isinstance(error, DownloadError) and len(causes) == 1:
        # yt-dlp's downloader drops the cause once its own retries on the network are spent.
        problem = f"the download of {url} broke off: {_plain(str(error))}"
        return Failure(problem, "Try again later", True)
    return Failure(f"{url} cannot be read: {_plain(str(error))}", "Check the address", False)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what led to it; yt-dlp keeps that in an attribute of its own."""
    while error is not None:
        yield error
        own = getattr(error, "cause", None)
        error = own if isinstance(own, BaseException) else error.__cause__ or error.__context__


def _detail(causes: list[BaseException]) -> str:
    """Return the operating system's word for a network failure, or the library's."""
    deepest = causes[-1]
    return (isinstance(deepest, OSError) and deepest.strerror) or _plain(str(deepest))


def _plain(message: str) -> str:
    """Return a yt-dlp message on one line, without its marks."""
    text = " ".join(message.split())
    return re.sub(r"^ERROR: (\[download\] Got error: )?", "", text).rstrip(".")
