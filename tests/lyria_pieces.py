"""A piece that tests have Lyria play."""

from typing import Any

from resonance_core.api_key import ApiKey
from resonance_core.config import LyriaConfig
from resonance_core.consent import Consent
from resonance_core.models.lyria import LyriaModel
from resonance_core.models.lyria_controls import LyriaControls, LyriaRequest, WeightedPrompt
from resonance_core.models.lyria_sound import Played
from tests.lyria_server import KEY

QUICK = LyriaConfig(timeout_s=20, reconnects=2, pause_s=0.01)
REQUEST = LyriaRequest(
    prompts=(WeightedPrompt(text="slow piano"), WeightedPrompt(text="calm", weight=0.5)),
    controls=LyriaControls(
        guidance=4.5,
        temperature=1.1,
        top_k=40,
        bpm=90,
        density=0.25,
        brightness=0.75,
        scale="F_MAJOR_D_MINOR",
        mute_drums=True,
    ),
)


def model(
    config: LyriaConfig = QUICK, key: str = KEY, consent: Consent = lambda sending: True
) -> LyriaModel:
    """Return the model, with consent to all that it sends."""
    return LyriaModel(config, ApiKey(key, "GEMINI_API_KEY"), consent)


def play(config: LyriaConfig = QUICK, duration_s: float = 1.0, **how: Any) -> Played:
    """Have the piece played."""
    return model(config, **how).play(REQUEST, seed=7, duration_s=duration_s)
