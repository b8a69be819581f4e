"""yt-dlp's failures in words, and which of them may pass."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NamedTuple

from yt_dlp.networking.exceptions import CertificateVerifyError, HTTPError, TransportError
from yt_dlp.utils import DownloadError, ExtractorError, UnsupportedError, YoutubeDLError

from resonance_core.sources.pacing import host_of
from resonance_core.sources.refusals import refusal

PASSING = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
"""Answers below 500 that another try may change."""
LONGEST = 300
"""Characters of a message that are passed on."""
MARKS = re.compile(
    r"^ERROR: (\[download\] Got error: )?|HTTPS?ConnectionPool\([^)]*\): "
    r"|\.+ Giving up after \d+ (fragment )?retries"
)
"""What yt-dlp and its libraries put around a message."""


class Failure(NamedTuple):
    """What went wrong, for people and for whoever decides about another try."""

    problem: str
    remedy: str
    transient: bool
    wait_s: float | None = None
    """How long the host wants to be left alone, in seconds."""


def explain(error: YoutubeDLError, url: str) -> Failure:
    """Return in words why yt-dlp could not read a URL."""
    causes = list(_causes(error))
    for cause in reversed(causes):  # the outer ones add hints for yt-dlp's command line
        if isinstance(cause, ExtractorError | DownloadError) and (said := _said(cause, url)):
            return said
    for cause in causes:
        if isinstance(cause, HTTPError):
            return _answered(cause, url)
        if isinstance(cause, CertificateVerifyError):
            return Failure(
                f"the certificate of {host_of(url)} is not valid", "Check the address", False
            )
        if isinstance(cause, TransportError):
            problem = f"the connection to {host_of(url)} failed ({network_failure(error)})"
            return Failure(problem, "Check the address and the network, or try again later", True)
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


def _said(error: ExtractorError | DownloadError, url: str) -> Failure | None:
    """Return what a site said, where that is known."""
    # Without the address, whose words would be taken for the site's.
    message = _plain(getattr(error, "orig_msg", str(error)).replace(url, ""))
    found = None if isinstance(error, UnsupportedError) else refusal(message)
    if found is None:
        return None
    problem = f"{url} {found.problem.format(message)}"
    return Failure(problem, found.remedy, found.transient, found.wait_s)


def _answered(error: HTTPError, url: str) -> Failure:
    if error.redirect_loop:
        return Failure(f"{url} redirects without end", "Check the address", False)
    transient = (
        error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        or error.status in PASSING
        # YouTube makes the addresses of its audio for one visit, and now and then a bad one.
        or (error.status == HTTPStatus.FORBIDDEN and ".googlevideo.com/" in error.response.url)
    )
    answer = f"{error.status} {error.reason or ''}".strip()
    wait_s = _retry_after(error.response.headers.get("Retry-After", "")) if transient else None
    later = "Try again later" if wait_s is None else f"Try again in {wait_s:.0f} s"
    remedy = later if transient else "Check the address"
    return Failure(f"{url} answered {answer}", remedy, transient, wait_s)


def _retry_after(value: str) -> float | None:
    """Return how long a host asks to be left alone, in seconds or by a date."""
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    # A date may lack a zone, and is in UTC then.
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what led to it; yt-dlp keeps that in an attribute of its own."""
    while error is not None:
        yield error
        own = getattr(error, "cause", None)
        error = own if isinstance(own, BaseException) else error.__cause__ or error.__context__


def network_failure(error: BaseException) -> str:
    """Return the operating system's word for what led to an error, or the library's."""
    *_, deepest = _causes(error)
    return (isinstance(deepest, OSError) and deepest.strerror) or _plain(str(deepest))


def _plain(message: str) -> str:
    """Return a yt-dlp message on one line, without its marks."""
    text = " ".join(message[: 2 * LONGEST].split())
    return MARKS.sub("", text).rstrip(".")[:LONGEST]
