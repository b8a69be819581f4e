"""What Lyria RealTime is told: weighted prompts, and controls of what it plays."""

import re
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from resonance_core.config import SamplingConfig
from resonance_core.config_file import explain
from resonance_core.errors import ConfigError

MODEL = "models/lyria-realtime-exp"
BPM = (60, 200)
"""The slowest and the fastest that it plays, in beats a minute."""
MOST_GUIDANCE = 6.0
MOST_TOP_K = 1000

SCALES = (
    "C_MAJOR_A_MINOR",
    "D_FLAT_MAJOR_B_FLAT_MINOR",
    "D_MAJOR_B_MINOR",
    "E_FLAT_MAJOR_C_MINOR",
    "E_MAJOR_D_FLAT_MINOR",
    "F_MAJOR_D_MINOR",
    "G_FLAT_MAJOR_E_FLAT_MINOR",
    "G_MAJOR_E_MINOR",
    "A_FLAT_MAJOR_F_MINOR",
    "A_MAJOR_G_FLAT_MINOR",
    "B_FLAT_MAJOR_G_MINOR",
    "B_MAJOR_A_FLAT_MINOR",
)
"""As Lyria names them, by the major's tonic, in semitones above C."""
SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
ACCIDENTALS = {"": 0, "sharp": 1, "#": 1, "♯": 1, "flat": -1, "b": -1, "♭": -1}
TONALITY = re.compile(
    # A small a is an article: "in a minor mood".
    r"(?<![\w'])([A-Gb-g])[ -]?((?i:sharp|flat)|#|♯|♭|b)?[ -]((?i:major|minor))\b"
)
TEMPO = re.compile(
    r"(?<![\w.])(\d{2,3})(?:\.\d+)? ?(?:bpm|beats (?:a|per) minute)\b", re.IGNORECASE
)


class WeightedPrompt(BaseModel):
    """Words, and how much they count beside others."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    text: Annotated[str, Field(min_length=1)]
    weight: Annotated[float, Field(gt=0)] = 1.0


class LyriaControls(BaseModel):
    """Controls of what it plays, in its own names and ranges; it chooses what is None.

    Source: https://ai.google.dev/api/live_music.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )

    guidance: Annotated[float, Field(ge=0, le=MOST_GUIDANCE)]
    """How closely it follows the prompts."""
    temperature: Annotated[float, Field(ge=0, le=3)]
    top_k: Annotated[int, Field(ge=1, le=MOST_TOP_K)]
    bpm: Annotated[int, Field(ge=BPM[0], le=BPM[1])] | None = None
    """Beats a minute."""
    density: Annotated[float, Field(ge=0, le=1)] | None = None
    """How much plays."""
    brightness: Annotated[float, Field(ge=0, le=1)] | None = None
    scale: str | None = None
    """One of `SCALES`."""
    mute_bass: bool | None = None
    mute_drums: bool | None = None
    music_generation_mode: str | None = None
    """``VOCALIZATION`` for music with voices."""

    @classmethod
    def of(cls, sampling: SamplingConfig, **controls: Any) -> Self:
        """Return controls, those that say how tokens are drawn from what all models share.

        Args:
            sampling: What all models share.
            controls: All others; what is given twice is taken from here.

        Raises:
            ConfigError: A value is out of its range.
        """
        shared = {
            "guidance": sampling.guidance_scale,
            "temperature": sampling.temperature,
            "top_k": sampling.top_k or MOST_TOP_K,
        }
        try:
            return cls.model_validate(shared | controls)
        except ValidationError as error:
            raise explain(error, "what Lyria is told", cls) from error

    def given(self) -> dict[str, Any]:
        """Return those that are not left to Lyria."""
        return self.model_dump(exclude_none=True)


class LyriaRequest(BaseModel):
    """What a piece shall be: all that Lyria is told besides a seed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompts: Annotated[tuple[WeightedPrompt, ...], Field(min_length=1)]
    controls: LyriaControls


def scale_in(words: str) -> str | None:
    """Return the scale that words name, as "piano in D minor"; None where they name none."""
    if (found := TONALITY.search(words)) is None:
        return None
    letter, accidental, mode = (part.lower() for part in found.groups(default=""))
    tonic = SEMITONES[letter] + ACCIDENTALS[accidental]
    return SCALES[(tonic + (3 if mode == "minor" else 0)) % 12]


def tempo_in(words: str) -> float | None:
    """Return the tempo that words name, as "90 bpm", in beats a minute; None where none.

    Raises:
        ConfigError: Lyria plays nothing so slow or so fast.
    """
    if (found := TEMPO.search(words)) is None:
        return None
    bpm = float(found[1])
    if not BPM[0] <= bpm <= BPM[1]:
        raise ConfigError(
            f"Lyria plays {BPM[0]} to {BPM[1]} beats a minute, not {bpm:g}", "Name another tempo"
        )
    return bpm
