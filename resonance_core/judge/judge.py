"""The judge that ships: it hears clips at one loudness and says what they sound like."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from resonance_core.errors import ConfigError, ModelError
from resonance_core.judge import SAMPLE_RATE
from resonance_core.judge.features import Array, levelled, rms_db
from resonance_core.judge.probes import Probes, Verdict
from resonance_core.models.base import ModelInfo

WEIGHTS = Path(__file__).parent / "weights"
"""The folder of the fitted probes."""
SHORTEST_S = 4.0
"""Rhythms are sought over bars and repetitions over seconds: what is shorter cannot be judged."""


@dataclass(frozen=True)
class Judge:
    """Measures clips, and reads attributes and genre from them, whatever their loudness.

    Attributes:
        probes: Linear probes that were fitted on levelled clips.
    """

    probes: Probes

    def judge(self, audio: Iterable[Array]) -> Verdict:
        """Judge clips, each by its first 5 s, the length that the probes were fitted on.

        What is judged is levelled before anything is measured, save for the measure ``rms_db``:
        that is of the clip as it is.

        Args:
            audio: Mono clips at 32 kHz, ``[samples]`` each, full scale 1; at least 4 s, of which
                as much is judged as there is.

        Raises:
            ConfigError: A clip is shorter.
        """
        clips = [self._judged(clip) for clip in audio]
        verdict = self.probes.read(levelled(clip) for clip in clips)
        loudness = np.array([rms_db(clip) for clip in clips])
        return replace(verdict, measures=verdict.measures | {"rms_db": loudness})

    def _judged(self, clip: Array) -> Array:
        if len(clip) < SHORTEST_S * SAMPLE_RATE:
            raise ConfigError(
                f"a clip of {len(clip) / SAMPLE_RATE:g} s is too short to be judged",
                f"Make clips of at least {SHORTEST_S:g} s",
            )
        return clip[: round(self.probes.clip_s * SAMPLE_RATE)]


def load_judge(model: ModelInfo) -> Judge:
    """Return the judge of a model's music.

    The model whose id is ``nano`` has its own, fitted on music that went through its codec; all
    others get the one that was fitted on the music as it is. A folder with a copy of nano's
    weights is one of the others.

    Raises:
        ModelError: The model does not play at 32 kHz.
    """
    if model.sample_rate != SAMPLE_RATE:
        raise ModelError(
            f"{model.id} plays at {model.sample_rate} Hz, and the judge hears {SAMPLE_RATE} Hz",
            f"Choose a model that plays at {SAMPLE_RATE} Hz",
        )
    name = "nano" if model.id == "nano" else "original"
    return Judge(Probes.load(WEIGHTS / f"{name}.safetensors"))
