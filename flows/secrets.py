"""Secrets: from the environment or from Prefect, handed on unseen and never kept."""

import os
import re
from typing import Any

import httpx
from prefect.blocks.system import Secret
from prefect.settings import PREFECT_API_URL

from resonance_core.api_key import ApiKey
from resonance_core.errors import ConfigError

GOOGLE_VARIABLES = ("GEMINI_API_KEY", "GOOGLE_API_KEY")
GOOGLE_SECRET = "resonance-google-api-key"
"""The Prefect Secret that is looked into where neither variable is set."""
KEY = re.compile(r"[!-~]+")
"""What fits into a header of HTTP; other text would be quoted in the error of whoever sends it."""


def google_api_key() -> ApiKey | None:
    """Return the key of Google's hosted models, Gemini and Lyria, or None where there is none.

    It is the first there is of ``GEMINI_API_KEY``, ``GOOGLE_API_KEY``, and the Prefect Secret
    ``resonance-google-api-key``; that only where a Prefect server is set, for asking would
    start one.

    Raises:
        ConfigError: What is there is no key, or the Prefect server cannot be asked.
    """
    for name in GOOGLE_VARIABLES:
        if value := os.environ.get(name, "").strip():
            return _key(value, name)
    if not PREFECT_API_URL.value():
        return None
    secret = _prefect_secret(GOOGLE_SECRET)
    return None if secret is None else _key(secret, f"the Prefect Secret {GOOGLE_SECRET}")


def _key(value: object, source: str) -> ApiKey:
    if not isinstance(value, str) or not KEY.fullmatch(value.strip()):
        raise ConfigError(
            f"what {source} holds is no API key: it is empty, or more than one word",
            "Copy the key again, and nothing else",
        )
    return ApiKey(value.strip(), source)


def _prefect_secret(name: str) -> object:
    """Return what a Prefect Secret holds, or None where there is no such Secret."""
    try:
        secret: Any = Secret.load(name, _sync=True)  # type: ignore[call-arg]
    except ValueError:  # there is none
        return None
    except (httpx.HTTPError, RuntimeError) as error:
        raise ConfigError(
            f"the Prefect server that may hold the Secret {name} cannot be asked "
            f"({type(error).__name__})",
            f"Start it, or set {GOOGLE_VARIABLES[0]}",
        ) from error
    return secret.get()
