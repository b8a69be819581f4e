"""What Gemini and Lyria share as services of Google: where they are, their key, their words."""

import importlib.util
import os
from urllib.parse import urlsplit

from resonance_core.api_key import ApiKey
from resonance_core.errors import ConfigError

GOOGLE = "https://generativelanguage.googleapis.com"
KEYS = "https://aistudio.google.com/apikey"
"""Where people make keys."""
LONGEST_MESSAGE = 200


def endpoint() -> str:
    """Return where the API is; google-genai's own variable names another place, as in tests."""
    return os.environ.get("GOOGLE_GEMINI_BASE_URL") or GOOGLE


def recipient() -> str:
    """Return the host that everything is sent to."""
    return urlsplit(endpoint()).netloc.rpartition("@")[2]


def check_access(service: str, key: ApiKey | None, otherwise: str) -> ApiKey:
    """Return a service's key if all is here that it takes to ask the service.

    Args:
        service: As people know it.
        key: Google's; None where there is none.
        otherwise: What works without, as a part of a sentence.

    Raises:
        ConfigError: google-genai is not installed, or there is no key.
    """
    if not _is_installed():
        raise ConfigError(
            f"{service} needs google-genai, which is not installed",
            f"Install it: pip install 'resonance[google]'; or {otherwise}",
        )
    if key is None:
        raise ConfigError(
            f"{service} needs an API key, and there is none",
            "Set GEMINI_API_KEY, or save the Prefect Secret resonance-google-api-key; a key is "
            f"made at {KEYS}. Or {otherwise}",
        )
    return key


def wrong_key(said: str, key: ApiKey, otherwise: str) -> ConfigError:
    """Return the error for a key that Google does not accept.

    Args:
        said: What the service says, without the key.
        key: Is named by where it comes from.
        otherwise: What works without, as a part of a sentence.
    """
    return ConfigError(
        f"Google does not accept the API key of {key.source} ({said})",
        f"Correct it, with a key from {KEYS}, or {otherwise}",
    )


def plain(text: str, key: ApiKey) -> str:
    """Return what a service says as it fits into a sentence on a terminal, without the key."""
    hidden = text.replace(key.get_secret_value(), str(key))
    printable = "".join(sign if sign.isprintable() else " " for sign in hidden)
    return " ".join(printable.split())[:LONGEST_MESSAGE].rstrip(".")


def _is_installed() -> bool:
    try:
        return importlib.util.find_spec("google.genai") is not None
    except ModuleNotFoundError:  # not even the folder that Google's libraries share
        return False
