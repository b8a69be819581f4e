"""Why Gemini gave no answer, in words that tell a listener what to do."""

import httpx2
from google.genai.errors import APIError
from google.genai.types import FinishReason, GenerateContentResponse

from resonance_core.api_key import ApiKey
from resonance_core.config import DescribeConfig
from resonance_core.describe.patience import wanted_pause
from resonance_core.errors import ConfigError, ResonanceError, ServiceError
from resonance_core.google_services import plain, wrong_key

OTHERWISE = "Try again later, or describe with local, which sends nothing"
LOCALLY = "describe with local, which needs none"


class GarbledError(Exception):
    """An answer that google-genai could not read."""


def text_of(response: GenerateContentResponse, key: ApiKey) -> str:
    """Return the text of an answer.

    Args:
        response: The answer.
        key: Is not in the words, whatever the service says.

    Raises:
        ServiceError: There is none, or only a part.
    """
    feedback = response.prompt_feedback
    if feedback is not None and feedback.block_reason is not None:
        raise _filtered(feedback.block_reason.value, key)
    candidate = response.candidates[0] if response.candidates else None
    reason = None if candidate is None else candidate.finish_reason
    if reason == FinishReason.MAX_TOKENS:
        raise ServiceError("Gemini's answer was cut off, for it was too long", OTHERWISE)
    if reason is not None and reason != FinishReason.STOP:
        raise _filtered(reason.value, key)
    text = response.text
    if not text:
        raise ServiceError("Gemini's answer is empty", OTHERWISE)
    return text


def failure(error: Exception, key: ApiKey, config: DescribeConfig) -> ResonanceError:
    """Return what to tell people about a request that failed.

    Args:
        error: What google-genai raised, or `GarbledError`.
        key: Is not in the words, whatever the service says.
        config: What was asked, and with how much patience.
    """
    if isinstance(error, APIError):
        return _refusal(error, _said(error, key), key, config)
    if isinstance(error, TimeoutError | httpx2.TimeoutException):
        return ServiceError(
            f"Gemini did not answer within {config.timeout_s:g} s",
            f"{OTHERWISE}; describe.timeout_s is how long it may take",
        )
    if isinstance(error, httpx2.HTTPError):
        return ServiceError(
            f"Gemini cannot be reached, or does not answer ({type(error).__name__})",
            f"See that this machine is connected. {OTHERWISE}",
        )
    return ServiceError(f"Gemini answered what is not of its own protocol ({error})", OTHERWISE)


def _refusal(error: APIError, said: str, key: ApiKey, config: DescribeConfig) -> ResonanceError:
    match error.code:
        case 401 | 403:
            return wrong_key(said, key, LOCALLY)
        case 400 if "API key" in said or "API_KEY" in str(error.details):
            return wrong_key(said, key, LOCALLY)
        case 404:
            return ConfigError(
                f"Gemini has no model {config.model!r} for this key ({said})",
                "Set describe.model to one of https://ai.google.dev/gemini-api/docs/models",
            )
        case 429:
            pause = wanted_pause(error)
            asked = "" if pause is None else f", and asks to be left alone for {pause:.0f} s"
            return ServiceError(
                f"Gemini's limit of requests or of use is reached{asked} ({said})",
                f"See https://ai.dev/usage. {OTHERWISE}",
            )
        case code if code >= 500:
            return ServiceError(f"Gemini is out of order or overloaded ({said})", OTHERWISE)
    return ServiceError(f"Gemini refuses the request ({said})", OTHERWISE)


def _filtered(reason: str, key: ApiKey) -> ServiceError:
    return ServiceError(
        f"Gemini's filters let no answer through ({plain(reason, key)})",
        "Leave out the tracks that may be why, or describe with local, which sends nothing",
    )


def _said(error: APIError, key: ApiKey) -> str:
    return f"HTTP {error.code}: {plain(str(error.message or ''), key)}".rstrip(": ")
