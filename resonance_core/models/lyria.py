"""Lyria RealTime, Google's hosted model: it is steered in words, for nobody reaches its insides.

It is experimental, and may play otherwise tomorrow: its weights have no name but the model's.
"""

from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import BaseModel, ConfigDict

from resonance_core.api_key import ApiKey
from resonance_core.config import LyriaConfig, ModelConfig, Pooling, SamplingConfig
from resonance_core.consent import Consent, ConsentError
from resonance_core.errors import ModelError
from resonance_core.google_services import check_access, endpoint, recipient
from resonance_core.models.base import (
    Capture,
    Listener,
    ModelInfo,
    MusicModel,
    Pieces,
    Waveforms,
)
from resonance_core.models.capabilities import Ability, check_ability, lacking
from resonance_core.models.lyria_controls import (
    MODEL,
    LyriaControls,
    LyriaRequest,
    WeightedPrompt,
)
from resonance_core.models.lyria_sound import CHANNELS, SAMPLE_RATE, Played
from resonance_core.steering.inject import Steering

LOCALLY = "use a model of this machine, as --config nano"
"""What works without consent, key and network."""
LYRIA = "lyria"

INFO = ModelInfo(
    id=LYRIA,
    backend=LYRIA,
    backend_reason="nothing else has this model",
    revision=MODEL,
    dtype="unknown",
    sample_rate=SAMPLE_RATE,
    frame_rate=0.0,
    layers=0,
    hidden_size=0,
    codebooks=0,
    channels=CHANNELS,
    melody=False,
)
"""What is known of it; nothing of its insides."""


def is_lyria(config: ModelConfig) -> bool:
    """Return whether a config means Lyria, by its backend or its name."""
    return config.backend == LYRIA or (config.backend == "auto" and config.id == LYRIA)


def lyria_info(config: ModelConfig) -> ModelInfo:
    """Return what Lyria is.

    Raises:
        ModelError: The config names a model that it does not have.
    """
    if config.id not in (LYRIA, ModelConfig().id):  # the default's name is nobody's choice
        raise ModelError(f"Lyria has no model {config.id!r}", "Leave model.id out")
    return INFO


class LyriaSending(BaseModel):
    """What would be sent to have a piece played."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    recipient: str
    """The host that it goes to."""
    request: LyriaRequest
    """All of it, besides a seed."""

    @classmethod
    def of(cls, request: LyriaRequest) -> Self:
        """Return what a request sends."""
        return cls(recipient=recipient(), request=request)

    def in_words(self) -> str:
        """Return it as a part of a sentence."""
        words = ", ".join(f"“{prompt.text}”" for prompt in self.request.prompts)
        controls = ", ".join(
            f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
            for name, value in self.request.controls.given().items()
        )
        return f"the words {words} and {controls} to {MODEL} at {self.recipient}"


class LyriaModel(MusicModel):
    """Plays through Google's service; nothing is sent before somebody agreed to it.

    Args:
        config: How patiently it is asked.
        key: Google's API key; None where there is none.
        consent: Asked before anything is sent.
    """

    info = INFO

    def __init__(self, config: LyriaConfig, key: ApiKey | None, consent: Consent) -> None:
        self._config = config
        self._key = key
        self._consent = consent

    def capture(
        self,
        audio: Waveforms,
        *,
        layers: Sequence[int],
        prompts: Sequence[str],
        melody: bool,
        pooling: Pooling = "mean",
        stride: int | None = None,
    ) -> Capture:
        """Refuse, for it does not show what it hears.

        Raises:
            ModelError: Always, naming backends that do.
        """
        raise lacking(LYRIA, "capture")

    def generate(
        self,
        prompts: Sequence[str],
        *,
        seeds: Sequence[int],
        duration_s: float,
        sampling: SamplingConfig,
        steering: Steering | None = None,
        melody: Waveforms | None = None,
        opening: Pieces | None = None,
        listener: Listener | None = None,
    ) -> Pieces:
        """Make one piece for each prompt, one after another; `play` takes more than a prompt."""
        if len(prompts) != len(seeds):
            raise ValueError(f"{len(prompts)} prompts do not go with {len(seeds)} seeds")
        asked: dict[Ability, object] = {
            "steer": steering,
            "melody": melody,
            "continuation": opening,
        }
        for ability, given in asked.items():
            if given is not None:
                check_ability(LYRIA, ability)
        controls = LyriaControls.of(sampling)
        return np.stack(
            [
                self.play(
                    LyriaRequest(prompts=(WeightedPrompt(text=prompt),), controls=controls),
                    row=row,
                    seed=seed,
                    duration_s=duration_s,
                    listener=listener,
                ).audio
                for row, (prompt, seed) in enumerate(zip(prompts, seeds, strict=True))
            ]
        )

    def play(
        self,
        request: LyriaRequest,
        *,
        seed: int,
        duration_s: float,
        listener: Listener | None = None,
        row: int = 0,
    ) -> Played:
        """Play one piece.

        Args:
            request: What the piece shall be.
            seed: Another one plays another piece; that the same plays the same is up to Lyria.
            duration_s: Its length, in seconds.
            listener: Hears it as it comes, ``[1, channels, samples]``, and is called while nothing
                comes, too; what it raises ends the session.
            row: What the listener is told that it is.

        Raises:
            ConfigError: google-genai or the key is missing, or the key is wrong.
            ConsentError: Nobody agreed; nothing was sent.
            ModelError: A prompt is one that Lyria does not play.
            ServiceError: It cannot be reached, breaks off too often, takes too long, or sends what
                cannot be read.
        """
        key = check_access("Lyria", self._key, LOCALLY)
        # It imports google-genai, which is an extra.
        from resonance_core.models.lyria_playing import play

        sending = LyriaSending.of(request)
        if not self._consent(sending):
            raise ConsentError(sending, f"Agree to it, or {LOCALLY}")

        def hear(audio: Pieces) -> None:
            if listener is not None:
                listener([row], audio[None].clip(-1, 1))

        return play(request, seed, duration_s, key, endpoint(), self._config, hear)
