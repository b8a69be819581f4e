"""The files of a generated piece."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

AUDIO = "audio.wav"
SIDECAR = "audio.json"

Name = Annotated[str, Field(pattern=r"^[ -~]{1,300}$")]
"""Printable ASCII, as headers take it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)


class SteeredBy(_Part):
    """One direction that was added, and how much of it."""

    direction: Name
    strength: float


class Player(_Part):
    """The model that played."""

    id: Name


class Heard(_Part):
    """What was measured of the sound."""

    tempo_bpm: float | None


class Sidecar(_Part):
    """What others than its maker rely on in a sidecar; it holds more."""

    request_id: Name
    model: Player
    backend: Name
    prompt: str
    seed: int
    steering: list[SteeredBy]
    duration_s: float = Field(gt=0)
    sample_rate: int = Field(gt=0)
    descriptors: Heard
