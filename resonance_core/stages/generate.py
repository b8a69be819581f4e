"""Generate: a prompt, and directions if there are any, become a WAV file and its sidecar."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field, model_validator

from resonance_core.audio.descriptors import describe
from resonance_core.audio.write import write_wav
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.errors import CalibrationError, ModelError
from resonance_core.keys import Stage
from resonance_core.models.base import ModelInfo
from resonance_core.models.registry import load_model, model_info
from resonance_core.stages.calibrate import calibrate
from resonance_core.stages.concept import concept
from resonance_core.stages.directions import find_direction
from resonance_core.stages.part import Part
from resonance_core.stages.prepare import prepare
from resonance_core.steering.calibrate import StrengthMap
from resonance_core.steering.combine import combine
from resonance_core.steering.concept_file import load_concepts
from resonance_core.steering.inject import Steering
from resonance_core.steering.recipes import steer
from resonance_core.store.directions import DIRECTION
from resonance_core.store.pieces import AUDIO, SIDECAR
from resonance_core.store.playlists import load_entry
from resonance_core.store.records import Outcome, Record, library_versions
from resonance_core.store.store import Store

GENERATE = Stage(name="generate", version=3)
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


def generate(
    request: GenerationRequest, config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> Outcome:
    """Return the record of a piece of music, making it if it is not there.

    What it needs and the store lacks, such as the direction of a slider, is made first.

    Args:
        request: Prompt, playlist, strength, sliders and seed.
        config: The model, its sampling, the recipe, and the length.
        store: Holds the directions and takes the piece.
        runtime: The device.

    Raises:
        CalibrationError: No strength was given and none is known to be usable.
        ConfigError: There is no such slider.
        ModelError: The direction was made with another model, or the piece is too long.
        StoreError: There is no such playlist or direction, or it is damaged.
    """
    info = model_info(config.model)
    additions = resolve_steering(request, config, store, runtime)
    settings = {
        "model": info.identity(),
        "sampling": config.sampling.model_dump(mode="json"),
        "prompt": request.prompt,
        "seed": request.seed,
        "duration_s": config.generate.duration_s,
        "strengths": [addition.strength for addition in additions],
        "steer": config.steer.model_dump(mode="json") if additions else None,
    }
    inputs = {"directions": [addition.part.digests() for addition in additions]}
    stage_request = GENERATE.request(settings, inputs)

    def make(folder: Path) -> dict[str, Any]:
        audio = load_model(config.model, runtime).generate(
            [request.prompt],
            seeds=[request.seed],
            duration_s=config.generate.duration_s,
            sampling=config.sampling,
            steering=_steering(additions, config, info, store),
        )[0]
        if not np.isfinite(audio).all():
            raise ModelError(
                f"{info.id} made audio that is not finite in {info.dtype}",
                "Lower --strength, or compute in float32: --set model.dtype=float32",
            )
        write_wav(folder / AUDIO, audio, info.sample_rate)
        sidecar = {
            "request_id": stage_request.key,
            "model": info.model_dump(),
            "backend": info.backend,
            "prompt": request.prompt,
            "seed": request.seed,
            "sampling": config.sampling.model_dump(mode="json"),
            "sliders": request.moved,
            "steering": [
                {
                    "direction": part.direction.key,
                    "sha256": part.direction.digest(DIRECTION),
                    "reference": part.reference and part.reference.key,
                    "vocabulary": part.vocabulary and part.vocabulary.key,
                    "effects": part.effects and part.effects.key,
                    "strength": strength,
                }
                for part, strength in additions
            ],
            "steer": settings["steer"],
            "requested_duration_s": config.generate.duration_s,
            "duration_s": len(audio) / info.sample_rate,
            "sample_rate": info.sample_rate,
            "descriptors": describe(audio, info.sample_rate).model_dump(),
            "versions": library_versions(),
        }
        (folder / SIDECAR).write_text(json.dumps(sidecar, indent=1, allow_nan=False) + "\n")
        return sidecar

    return store.build(stage_request, make)


def _steering(
    additions: list[Addition], config: PipelineConfig, info: ModelInfo, store: Store
) -> Steering | None:
    if not additions:
        return None
    total = combine(
        [addition.part.displacement(config.steer, info, store) for addition in additions],
        torch.tensor([[addition.strength for addition in additions]]),
        config.steer.budget,
    )
    return steer(total, config.steer, config.generate.duration_s, info)


def resolve_steering(
    request: GenerationRequest, config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> list[Addition]:
    """Return the directions a request means, the playlist's first, and how much of each.

    Raises:
        CalibrationError: No strength was given and none is known to be usable.
        ConfigError: There is no such slider.
        StoreError: There is no such playlist or direction, or it is damaged.
    """
    file = load_concepts(config.concept.file)
    for name in request.sliders:  # before any work
        file.check(name)
    additions = []
    if request.playlist is not None:
        direction, strength = resolve_playlist(request.playlist, request.strength, store)
        additions.append(Addition(prepare(direction, config, store, runtime), strength))
    # In the file's order, so that the order of a request makes no difference.
    for name in (known for known in file.concepts if known in request.moved):
        direction = concept(name, file, config, store, runtime).record
        strength = slider_strength(name, direction, request.moved[name], config, store, runtime)
        additions.append(Addition(prepare(direction, config, store, runtime), strength))
    return additions


def resolve_playlist(
    name_or_key: str, strength: float | None, store: Store
) -> tuple[Record, float]:
    """Return the direction of a playlist, and the strength that is asked for or advised.

    Raises:
        CalibrationError: No strength was given and none is known to be usable.
        StoreError: There is no such playlist or direction, or it is damaged.
    """
    entry = load_entry(store, name_or_key)
    record = find_direction(name_or_key, store)
    if strength is not None:
        return record, strength
    if entry is None:
        raise CalibrationError(
            f"the direction {record.key[:12]} is named by its key, which has no recommended "
            "strength",
            "Give --strength, or name the playlist",
        )
    if entry.range is None:
        raise CalibrationError(
            f"no strength of playlist {entry.name!r} is known to be usable",
            "Give --strength, or calibrate with other settings",
        )
    return record, entry.range.recommended


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
