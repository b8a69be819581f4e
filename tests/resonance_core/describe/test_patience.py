from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest
from google.genai.errors import APIError
from tenacity import Future, RetryCallState

from resonance_core.describe.patience import patient, wanted_pause


def refusal(code: int = 429, details: object = None, **headers: str) -> APIError:
    response = httpx2.Response(code, headers={n.replace("_", "-"): h for n, h in headers.items()})
    return APIError(code, {"error": {"code": code, "details": details or []}}, response)


def waiting(error: Exception, attempt: int = 1) -> tuple[bool, float]:
    """Whether it is tried again after an attempt, and after how long, in seconds."""
    retrying = patient(attempts=4, max_wait_s=60)
    state = RetryCallState(retrying, None, (), {})
    state.attempt_number = attempt
    state.outcome = Future.construct(attempt, error, has_exception=True)
    return retrying.retry(state) and not retrying.stop(state), retrying.wait(state)


def test_pauses_grow():
    pauses = [waiting(refusal(503), attempt)[1] for attempt in (1, 2, 3)]
    assert [int(pause) for pause in pauses] == pytest.approx([1, 2, 4], abs=1)
    assert pauses == sorted(pauses)


def test_who_says_how_long_is_left_alone_for_so_long():
    again, pause = waiting(refusal(Retry_After="30"))
    assert (again, pause) == (True, 30)
    assert waiting(refusal(Retry_After="61"))[0] is False


def test_a_pause_is_read_from_headers_and_from_details():
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert wanted_pause(refusal(Retry_After=date)) == pytest.approx(90, abs=5)
    assert wanted_pause(refusal(Retry_After="soon")) is None
    assert wanted_pause(refusal(details=[{"retryDelay": "39.5s"}])) == 39.5
    unzoned = date.replace("GMT", "-0000")
    assert wanted_pause(refusal(Retry_After=unzoned)) == pytest.approx(90, abs=5)
    assert wanted_pause(refusal()) is None
    assert wanted_pause(ValueError()) is None


@pytest.mark.parametrize("body", [{"error": {"details": [3]}}, {"error": {"details": None}}, [], 3])
def test_what_is_no_error_of_google_asks_for_no_pause(body):
    assert wanted_pause(APIError(429, body, httpx2.Response(429))) is None


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (refusal(503), True),
        (refusal(400), False),
        (refusal(403), False),
        (httpx2.RemoteProtocolError("closed"), True),
        (httpx2.ConnectError("refused"), True),
        (httpx2.ReadTimeout("slow"), False),
        (TimeoutError(), False),
        (ValueError("no JSON"), False),
    ],
)
def test_only_what_may_pass_is_tried_again_and_not_for_ever(error, again):
    assert waiting(error)[0] is again
    assert waiting(error, attempt=4)[0] is False
