"""Settings of how directions are tried and added."""

from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

from resonance_core.config.stage import StageConfig, shipped


class CalibrateConfig(StageConfig):
    """How the usable range of strengths is measured."""

    strengths: tuple[NonNegativeFloat, ...] = tuple(step * 4.0 / 6 for step in range(7))
    """Strengths tried, in one batch, rising from 0."""
    prompts: Annotated[tuple[str, ...], Field(min_length=1)] = (
        "music",
        "electronic dance music",
        "a quiet ambient piece",
        "an orchestral theme",
    )
    """Each strength is tried with all of them, for what is usable must be so for any music."""
    faulty: Annotated[float, Field(ge=0, lt=1)] = 0.25
    """A strength is unusable if a larger share of its trials has a fault. A model makes a faulty
    piece now and then, whatever steers it."""
    seed: NonNegativeInt = 0
    """The seed of every trial, so that only the strength differs."""
    duration_s: PositiveFloat = 5.0
    """Length of each trial, in seconds."""
    rms_low: PositiveFloat = 0.03
    """Quieter audio is unusable (root mean square, full scale 1)."""
    rms_high: PositiveFloat = 0.35
    """Louder audio is unusable (root mean square, full scale 1)."""
    clipped_high: PositiveFloat = 0.001
    """Audio with a larger share of clipped samples is unusable."""
    flatness_high: PositiveFloat = 0.2
    """Audio with a higher spectral flatness is noise."""
    stuck_high: PositiveFloat = 0.95
    """Audio that repeats less than a quarter of a second for a larger share of its time is
    stuck."""
    lambda_max: PositiveFloat = 4.0
    """No strength above this is ever recommended."""

    @model_validator(mode="after")
    def _rising(self) -> "CalibrateConfig":
        rising = list(self.strengths) == sorted(set(self.strengths))
        if len(self.strengths) < 2 or not rising or self.strengths[0] != 0:
            raise ValueError(
                "strengths must rise from 0, with which the others are compared, and be at least "
                f"two, not {self.strengths}"
            )
        if self.rms_low >= self.rms_high:
            raise ValueError(f"rms_low {self.rms_low} must lie below rms_high {self.rms_high}")
        return self


class ScanConfig(StageConfig):
    """How the effect of a direction in each layer is measured."""

    prompts: Annotated[tuple[str, ...], Field(min_length=1)] = (
        "music",
        "an instrumental",
        "a rock song",
        "a film score",
    )
    """Played with the direction added and taken away, in one layer after another."""
    seed: NonNegativeInt = 0
    """Of the first prompt's piece; each further one has the next."""
    duration_s: PositiveFloat = 5.0
    """Length of each piece, in seconds."""
    strength: PositiveFloat = 2.0
    """How much of the direction is added to the layer."""
    keep: PositiveInt = 3
    """Layers that are steered, each as much as it was seen to move the music."""


class SteerConfig(StageConfig):
    """How a direction is added while the model plays; `RUNGS` names the measured choices."""

    vectors: Literal["one-to-all", "per-layer"] = "per-layer"
    """One vector, the mean over the layers, or each layer's own."""
    centre: bool = True
    """Subtract the reference's mean, so that only what sets the playlist apart remains."""
    words: bool = True
    """Add what the prompts change that describe a centred playlist best, in equal parts with what
    was heard in it; a concept is left as it is."""
    scale: Literal["unit", "residual"] = "residual"
    """What strength 1 adds: length 1 in each layer (``by-effect``, in the one with the largest
    effect), or a fortieth of the residual norm in all steered layers together."""
    layers: (
        Literal["all", "middle-third", "by-effect"]
        | tuple[NonNegativeInt, ...]
        | dict[NonNegativeInt, float]
    ) = "by-effect"
    """Which layers are steered; ``{2: 1.0, 4: 0.5}`` steers one twice as much as the other.
    ``by-effect``: those where the direction was measured to move the music furthest, each as much
    as it did."""
    positions: Literal["all", "audio"] = "audio"
    """Steer a prepended prompt too, or the audio only."""
    rows: Literal["both", "conditional"] = "conditional"
    """With guidance: steer both rows, or the conditional one, which guidance amplifies."""
    keep_norm: bool = False
    """Give every steered position the length back that it had."""
    budget: PositiveFloat = 4.0
    """How much several directions together may add, in strengths of one of them."""
    start_s: NonNegativeFloat = 0.0
    """When steering sets in, in seconds from the beginning of the piece, that of what it goes on
    from if it does."""
    end_s: PositiveFloat | None = None
    """When steering ends, in the same seconds; None steers to the end."""
    ramp_s: NonNegativeFloat = 0.0
    """How long it takes to set in and to fade, in seconds, within start and end."""

    def throughout(self) -> "SteerConfig":
        """Return the same recipe, added from the first second to the last."""
        return self.model_copy(update={"start_s": 0.0, "end_s": None, "ramp_s": 0.0})

    @property
    def in_words(self) -> bool:
        """Whether playlists are put into words, which only what sets them apart can be."""
        return self.centre and self.words

    def as_added(self) -> dict[str, Any]:
        """Return what of it matters, once it is prepared, for how a single direction is added."""
        return self.model_dump(mode="json", exclude={"words", "budget"})

    @model_validator(mode="after")
    def _forwards(self) -> "SteerConfig":
        if self.end_s is not None and self.end_s <= self.start_s:
            raise ValueError(f"end_s {self.end_s} must lie after start_s {self.start_s}")
        return self

    @model_validator(mode="after")
    def _steers_some_layer(self) -> "SteerConfig":
        layers = self.layers
        if isinstance(layers, (tuple, dict)):
            steered = any(layers.values()) if isinstance(layers, dict) else layers
            if not steered:
                raise ValueError("layers steer nothing: name one, with a share that is not 0")
        return self


def rungs() -> dict[str, Any]:
    """Return the settings of each rung in ``configs/ladder.yaml``, by name, from the lowest."""
    found: dict[str, Any] = shipped("ladder.yaml")
    return found
