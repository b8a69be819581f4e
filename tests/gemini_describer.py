"""Describing two short tracks with Gemini on loopback."""

from pathlib import Path

import pytest

from resonance_core.api_key import ApiKey
from resonance_core.config import DescribeConfig
from resonance_core.describe.gemini import GeminiDescriber
from resonance_core.errors import ServiceError
from resonance_core.steering.concept_file import load_concepts
from tests.gemini_server import KEY, GeminiServer, parts

ASK, UPLOAD = "POST generateContent", "POST upload"


def describer(key=KEY, consent=lambda _: True, concepts=None, **changes) -> GeminiDescriber:
    config = DescribeConfig(**{"heard_s": 4, "attempts": 3, "max_wait_s": 0.01, **changes})
    found = None if key is None else ApiKey(key, "GEMINI_API_KEY")
    return GeminiDescriber(config, concepts or load_concepts(), lambda: found, consent)


def failing(songs: dict[str, Path], kind=ServiceError, **changes) -> str:
    """What a listener reads when they cannot be described."""
    with pytest.raises(kind) as caught:
        describer(**changes).describe(songs)
    return str(caught.value)


def sent(gemini: GeminiServer) -> list[dict]:
    """The parts of the first question."""
    return parts(next(one.body for one in gemini.asked if one.what == ASK))
