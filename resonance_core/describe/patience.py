"""How a hosted service is asked again: a bounded number of times, and when it says."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
from google.genai.errors import APIError
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential_jitter,
)

PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""HTTP statuses that another attempt may not meet."""


def patient(attempts: int, max_wait_s: float) -> AsyncRetrying:
    """Return what makes requests of google-genai again that were turned away or cut off.

    google-genai's own retries know neither ``Retry-After`` nor connections that are dropped.

    Args:
        attempts: Of one request, the first included.
        max_wait_s: The longest pause between two; a service that asks for a longer one is not
            asked again.
    """
    growing = wait_exponential_jitter(initial=min(1.0, max_wait_s), max=max_wait_s)

    def wait(state: RetryCallState) -> float:
        return max(growing(state), wanted_pause(_failure(state)) or 0.0)

    def passing(error: BaseException) -> bool:
        if isinstance(error, APIError):
            return error.code in PASSING and (wanted_pause(error) or 0.0) <= max_wait_s
        # A time-out has cost its time, and may have cost money: it is not repeated.
        return isinstance(error, httpx2.TransportError) and not isinstance(
            error, httpx2.TimeoutException
        )

    return AsyncRetrying(
        stop=stop_after_attempt(attempts),
        wait=wait,
        retry=retry_if_exception(passing),
        reraise=True,
    )


def wanted_pause(error: BaseException | None) -> float | None:
    """Return how long a service asks to be left alone, in seconds; None where it does not.

    Google says it as ``Retry-After`` (RFC 9110, 10.2.3) or in the error's details (RetryInfo).
    """
    if not isinstance(error, APIError):
        return None
    headers = getattr(error.response, "headers", {})
    if header := headers.get("retry-after"):
        return _seconds(header)
    said = _part(error.details, "error")
    details = _part(said, "details")
    for detail in details if isinstance(details, list) else []:
        if (delay := _part(detail, "retryDelay")) is not None:
            return _seconds(str(delay).removesuffix("s"))
    return None


def _part(value: Any, name: str) -> Any:
    """Return a member of what may be anything, as what comes from elsewhere may."""
    return value.get(name) if isinstance(value, Mapping) else None


def _seconds(text: str) -> float | None:
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    if date.tzinfo is None:  # as it is read where it says that the zone is not known
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - datetime.now(UTC)).total_seconds())


def _failure(state: RetryCallState) -> Any:
    return None if state.outcome is None else state.outcome.exception()
