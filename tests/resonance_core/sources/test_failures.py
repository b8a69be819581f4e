from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO

import pytest
from yt_dlp.networking import Response
from yt_dlp.networking.exceptions import HTTPError, TransportError
from yt_dlp.utils import DownloadError, ExtractorError, GeoRestrictedError, UnsupportedError

from resonance_core.sources.failures import Failure, explain

URL = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
MEDIA = "https://rr4---sn-4g5e6nsz.googlevideo.com/videoplayback?expire=1"


def failure(cause: Exception, message: str = "ERROR: it failed") -> Failure:
    """Explain an error as yt-dlp raises it: wrapped in one of its own."""
    error = DownloadError(message)
    error.__context__ = cause
    return explain(error, URL)


def answer(status: int, url: str = URL, retry_after: str | None = None) -> HTTPError:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return HTTPError(Response(BytesIO(), url, headers, status))


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_answers_that_may_pass(status: int) -> None:
    found = failure(answer(status))

    assert found.transient
    assert found.problem.startswith(f"{URL} answered {status} ")
    assert found.remedy == "Try again later"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_answers_that_stay(status: int) -> None:
    found = failure(answer(status, retry_after="60"))

    assert (found.transient, found.wait_s, found.remedy) == (False, None, "Check the address")


def test_youtubes_media_may_be_refused_once() -> None:
    assert failure(answer(403, MEDIA)).transient
    assert not failure(answer(404, MEDIA)).transient


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_says_how_long_it_wants_to_be_left_alone(status: int) -> None:
    found = failure(answer(status, retry_after="120"))

    assert (found.wait_s, found.remedy) == (120.0, "Try again in 120 s")


@pytest.mark.parametrize(("zone", "usegmt"), [("GMT", True), ("-0000", False)])
def test_or_until_when(zone: str, usegmt: bool) -> None:
    until = datetime.now(UTC) + timedelta(seconds=90)
    date = format_datetime(until if usegmt else until.replace(tzinfo=None), usegmt)

    assert date.endswith(zone)
    assert failure(answer(429, retry_after=date)).wait_s == pytest.approx(90, abs=5)


@pytest.mark.parametrize("value", ["", "soon", "-5", "1e9", "9" * 5000, "31 Foo 2026", "1, 2"])
def test_what_says_no_time_is_no_time(value: str) -> None:
    assert failure(answer(429, retry_after=value)).wait_s is None


def test_a_date_that_has_passed_is_no_wait() -> None:
    assert failure(answer(429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT")).wait_s == 0.0


def test_what_a_site_says_goes_before_how_it_was_said() -> None:
    said = ExtractorError("Premieres in 3 hours", cause=answer(404), expected=True)

    assert failure(said) == Failure(
        f"{URL} is not out yet (Premieres in 3 hours)", "Run again once it is out", False
    )


def test_hints_for_yt_dlps_command_line_are_left_out() -> None:
    said = GeoRestrictedError("The uploader has not made this video available in your country")
    hint = "\nYou might want to use a VPN or a proxy server (with --proxy) to workaround."

    assert failure(said, f"ERROR: [youtube] dQw4w9WgXcQ: {said.orig_msg}{hint}").problem == (
        f"{URL} may not be played in this country "
        "(The uploader has not made this video available in your country)"
    )


def test_words_in_an_address_are_not_the_sites() -> None:
    url = "https://example.org/private-video?log-in=1"

    problem = explain(UnsupportedError(url), url).problem
    assert problem == f"yt-dlp finds no audio at {url}"
    error = ExtractorError(f"[generic] Unable to download webpage {url}")
    assert "cannot be read" in explain(error, url).problem


def test_long_messages_are_cut_and_of_one_line() -> None:
    found = failure(ExtractorError("a\nb " * 10_000))

    assert "\n" not in found.problem
    assert len(found.problem) < 400


def test_a_network_that_fails_may_pass() -> None:
    found = failure(TransportError(cause=TimeoutError(110, "Connection timed out")))

    assert found.transient
    assert found.problem == "the connection to www.youtube.com failed (Connection timed out)"
