"""What a listener asks for, and which directions with which strengths it comes to."""

from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.errors import CalibrationError, NotInStoreError
from resonance_core.keys import Stage
from resonance_core.stages.calibrate import calibrate, holds_for
from resonance_core.stages.concept import concept
from resonance_core.stages.directions import find_direction
from resonance_core.stages.part import Part
from resonance_core.stages.prepare import prepare
from resonance_core.steering.calibrate import StrengthMap, StrengthRange
from resonance_core.store.concepts import known_concepts
from resonance_core.store.playlists import PlaylistEntry, load_entry
from resonance_core.store.records import Record
from resonance_core.store.store import Store

GENERATE = Stage(name="generate", version=5)
MAX_SLIDER = 1.0
"""A slider's end: the usable strength on its side that moves the music furthest."""


class GenerationRequest(BaseModel):
    """What a listener asks for."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )

    prompt: str = Field(min_length=1)
    """What to play."""
    playlist: str | None = None
    """The name of a playlist, or the key of a direction; None for no playlist."""
    strength: float | None = None
    """How much of the direction is added; the calibrated recommendation by default."""
    sliders: dict[str, Annotated[float, Field(ge=-MAX_SLIDER, le=MAX_SLIDER)]] = {}
    """Where each concept's slider stands, -1 to 1; 0 leaves it out."""
    melody: str | None = None
    """The key of a melody to follow, from `stages.melody`; None for none."""
    continues: str | None = None
    """The key of a piece to go on from; None for a new one."""
    seed: int = Field(ge=0, lt=2**63)
    """The same seed plays the same piece."""

    @property
    def moved(self) -> dict[str, float]:
        """The sliders that do not stand at 0."""
        return {name: position for name, position in self.sliders.items() if position}

    @model_validator(mode="after")
    def _strength_of_something(self) -> Self:
        if self.strength is not None and self.playlist is None:
            raise ValueError("a strength says how much of a playlist is added: name the playlist")
        return self


class Addition(NamedTuple):
    """A direction, and how much of it is added."""

    part: Part
    strength: float


def resolve_steering(
    request: GenerationRequest, config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> list[Addition]:
    """Return the directions a request means, the playlist's first, and how much of each.

    Raises:
        CalibrationError: No strength was given and none is known to be usable.
        ConfigError: There is no such slider.
        StoreError: There is no such playlist or direction, or it is damaged.
    """
    file = known_concepts(config.concept, store)
    for name in request.sliders:  # before any work
        file.check(name)
    additions = []
    if request.playlist is not None:
        additions.append(
            resolve_playlist(request.playlist, request.strength, config, store, runtime)
        )
    # In the file's order, so that the order of a request makes no difference.
    for name in (known for known in file.concepts if known in request.moved):
        direction = concept(name, file, config, store, runtime).record
        strength = slider_strength(name, direction, request.moved[name], config, store, runtime)
        additions.append(Addition(prepare(direction, config, store, runtime), strength))
    return additions


def resolve_playlist(
    name_or_key: str,
    strength: float | None,
    config: PipelineConfig,
    store: Store,
    runtime: RuntimeConfig,
) -> Addition:
    """Return the direction of a playlist, and the strength that is asked for or advised.

    The playlist's own calibration advises only on the recipe that it was made with, for strengths
    do not transfer to another; on others one is made.

    Raises:
        CalibrationError: No strength was given and none is known to be usable.
        StoreError: There is no such playlist or direction, or it is damaged.
    """
    entry = load_entry(store, name_or_key)
    record = find_direction(name_or_key, store)
    if strength is not None:
        return Addition(prepare(record, config, store, runtime), strength)
    if entry is None:
        raise CalibrationError(
            f"the direction {record.key[:12]} is named by its key, which has no recommended "
            "strength",
            "Give --strength, or name the playlist",
        )
    part = prepare(record, config, store, runtime)
    usable = entry.range
    if not _is_calibrated(entry, part, config, store):
        found = calibrate(record, config, store, runtime).record.info["range"]
        usable = None if found is None else StrengthRange.model_validate(found)
    if usable is None:
        raise CalibrationError(
            f"no strength of playlist {entry.name!r} is known to be usable",
            "Give --strength, or calibrate with other settings",
        )
    return Addition(part, usable.recommended)


def _is_calibrated(entry: PlaylistEntry, part: Part, config: PipelineConfig, store: Store) -> bool:
    """Return whether a playlist's range holds for a recipe."""
    try:
        return holds_for(store.get(entry.calibration), part, config)
    except NotInStoreError:
        return False


def slider_strength(
    name: str,
    direction: Record,
    position: float,
    config: PipelineConfig,
    store: Store,
    runtime: RuntimeConfig,
) -> float:
    """Return the strength of a slider's position, as calibrated.

    Raises:
        CalibrationError: No strength on that side is usable.
    """
    sign: Literal[1, -1] = 1 if position > 0 else -1
    found = calibrate(direction, config, store, runtime, sign).record.info["map"]
    if found is None:
        raise CalibrationError(
            f"slider {name!r} has no usable strength towards {'high' if sign > 0 else 'low'}",
            "Leave it at 0, or calibrate with other settings",
        )
    return sign * StrengthMap.model_validate(found).strength(abs(position))
