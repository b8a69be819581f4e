"""Why Lyria did not play, in words that tell a listener what to do."""

import ssl

from google.genai.errors import APIError
from google.genai.types import LiveMusicFilteredPrompt
from websockets.exceptions import (
    ConnectionClosed,
    InvalidMessage,
    InvalidStatus,
    WebSocketException,
)

from resonance_core.api_key import ApiKey
from resonance_core.config import LyriaConfig
from resonance_core.errors import ModelError, ResonanceError, ServiceError
from resonance_core.google_services import plain, wrong_key
from resonance_core.models.lyria import LOCALLY

OTHERWISE = f"Try again later, or {LOCALLY}"
PASSING = frozenset({1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014})
"""Codes of closed websockets (RFC 6455, 7.4) that a new connection may not meet."""


class DroppedError(Exception):
    """A connection that was lost, or could not be made; a new one may do better."""


class SilentError(Exception):
    """Nothing came within the time limit."""


FAILURES = (
    *(SilentError, APIError, WebSocketException, OSError),
    # What google-genai makes of answers that are no JSON, or another than it knows.
    *(ValueError, AttributeError, TypeError, KeyError),
)
"""All that a session may fail of."""


def failure(error: Exception, key: ApiKey, config: LyriaConfig) -> ResonanceError | DroppedError:
    """Return what to tell people about a session that failed.

    Args:
        error: One of `FAILURES`.
        key: Is not in the words, whatever the service says.
        config: How patiently it was asked.
    """
    match error:
        case APIError() | ConnectionClosed() | InvalidStatus():
            return _refusal(*_answer(error), key)
        case SilentError():
            return ServiceError(
                f"Lyria sent no sound for {config.timeout_s:g} s",
                f"{OTHERWISE}; lyria.timeout_s is how long it may take",
            )
        case ssl.SSLCertVerificationError():
            return ServiceError(
                f"Lyria's certificate cannot be verified ({error.verify_message})",
                "See that nothing stands between this machine and Google",
            )
        case OSError() | InvalidMessage():
            return DroppedError(type(error).__name__)
    return ServiceError(
        f"Lyria answered what is not of its own protocol ({type(error).__name__})", OTHERWISE
    )


def filtered(prompt: LiveMusicFilteredPrompt, key: ApiKey) -> ModelError:
    """Return the error for a prompt that the service does not play."""
    return ModelError(
        f"Lyria does not play {plain(prompt.text or '', key)!r} "
        f"({plain(prompt.filtered_reason or '', key) or 'for a reason that it does not give'})",
        "Say it in other words, as without names of artists",
    )


def _answer(error: APIError | ConnectionClosed | InvalidStatus) -> tuple[int, str]:
    """Return the code that a session ended with, of a websocket or of HTTP, and what was said."""
    if isinstance(error, InvalidStatus):
        body = error.response.body or b""
        return error.response.status_code, bytes(body).decode(errors="replace")
    if isinstance(error, ConnectionClosed):
        return (1006, "") if error.rcvd is None else (error.rcvd.code, error.rcvd.reason)
    return error.code, str(error.details or "")


def _refusal(code: int, reason: str, key: ApiKey) -> ResonanceError | DroppedError:
    said = f"{code}: {plain(reason, key)}".rstrip(": ")
    if code in (401, 403) or "api key" in reason.lower() or "api_key" in reason.lower():
        return wrong_key(said, key, LOCALLY)
    if code == 429 or "quota" in reason.lower():
        return ServiceError(
            f"Lyria's limit of use is reached ({said})", f"See https://ai.dev/usage. {OTHERWISE}"
        )
    if code in PASSING or 500 <= code < 600:
        return DroppedError(said)
    return ServiceError(f"Lyria refuses the request ({said})", OTHERWISE)
