"""Generate: a prompt, and a direction if there is one, become a WAV file and its sidecar."""

import json
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field, model_validator

from resonance_core.audio.descriptors import describe
from resonance_core.audio.write import write_wav
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.errors import CalibrationError, ModelError, NotInStoreError, StoreError
from resonance_core.keys import Stage
from resonance_core.models.registry import load_model, model_info
from resonance_core.stages.aggregate import AGGREGATE
from resonance_core.steering.inject import Steering
from resonance_core.steering.recipes import check_model, seed_vectors
from resonance_core.store.directions import DIRECTION, read_direction
from resonance_core.store.pieces import AUDIO, SIDECAR
from resonance_core.store.playlists import PlaylistEntry, load_entry
from resonance_core.store.records import Outcome, Record, library_versions
from resonance_core.store.store import KEY_PREFIX, Store

GENERATE = Stage(name="generate", version=1)


class GenerationRequest(BaseModel):
    """What a listener asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    prompt: str = Field(min_length=1)
    playlist: str | None = None
    """The name of a playlist, or the key of a direction; None for no steering."""
    strength: float | None = None
    """How much of the direction is added; the calibrated recommendation by default."""
    seed: int = Field(ge=0, lt=2**63)

    @model_validator(mode="after")
    def _strength_of_something(self) -> Self:
        if self.strength is not None and self.playlist is None:
            raise ValueError("a strength says how much of a playlist is added: name the playlist")
        return self


def generate(
    request: GenerationRequest, config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> Outcome:
    """Return the record of a piece of music, making it if it is not there.

    Args:
        request: Prompt, playlist, strength and seed.
        config: The model, its sampling, the recipe, and the length.
        store: Holds the direction and takes the piece.
        runtime: The device.

    Raises:
        CalibrationError: No strength was given and none is known to be usable.
        ModelError: The direction was made with another model, or the piece is too long.
        StoreError: There is no such playlist or direction, or it is damaged.
    """
    info = model_info(config.model)
    direction, strength = resolve_steering(request, store)
    settings = {
        "model": info.identity(),
        "sampling": config.sampling.model_dump(mode="json"),
        "prompt": request.prompt,
        "seed": request.seed,
        "duration_s": config.generate.duration_s,
        "steering": []
        if direction is None
        else [{"strength": strength, "recipe": config.generate.recipe}],
    }
    inputs = {} if direction is None else {"direction": direction.digest(DIRECTION)}
    stage_request = GENERATE.request(settings, inputs)

    def make(folder: Path) -> dict[str, Any]:
        steering = None
        described_steering = []
        if direction is not None:
            loaded = read_direction(store.path(direction, DIRECTION))
            check_model(loaded, info)
            steering = Steering(
                vectors=seed_vectors(loaded, info.layers), strengths=torch.tensor([strength])
            )
            described_steering = [
                {
                    "direction": direction.key,
                    "sha256": direction.digest(DIRECTION),
                    "strength": strength,
                    "recipe": config.generate.recipe,
                }
            ]
        audio = load_model(config.model, runtime).generate(
            request.prompt,
            seeds=[request.seed],
            duration_s=config.generate.duration_s,
            sampling=config.sampling,
            steering=steering,
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
            "steering": described_steering,
            "requested_duration_s": config.generate.duration_s,
            "duration_s": len(audio) / info.sample_rate,
            "sample_rate": info.sample_rate,
            "descriptors": describe(audio, info.sample_rate).model_dump(),
            "versions": library_versions(),
        }
        (folder / SIDECAR).write_text(json.dumps(sidecar, indent=1, allow_nan=False) + "\n")
        return sidecar

    return store.build(stage_request, make)


def resolve_steering(request: GenerationRequest, store: Store) -> tuple[Record | None, float]:
    """Return the direction a request names, and the strength it asks for or that is advised.

    Raises:
        CalibrationError: No strength was given and none is known to be usable.
        StoreError: There is no such playlist or direction, or it is damaged.
    """
    if request.playlist is None:
        return None, 0.0
    entry = load_entry(store, request.playlist)
    record = find_direction(request.playlist, store)
    if request.strength is not None:
        return record, request.strength
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


def find_direction(name_or_key: str, store: Store) -> Record:
    """Return the record of the direction that a playlist's name or a key means.

    Raises:
        NotInStoreError: There is none.
        StoreError: It is damaged.
    """
    entry = load_entry(store, name_or_key)
    if entry is None and not KEY_PREFIX.fullmatch(name_or_key):
        raise NotInStoreError(
            f"there is no playlist {name_or_key!r} in the store {store.root}",
            "Ingest it first, or list what there is with: resonance store ls",
        )
    try:
        record = store.get(entry.direction.key if entry else name_or_key)
    except NotInStoreError as error:
        if entry is None:
            raise
        raise _lost(entry) from error
    if record.stage != AGGREGATE.name:
        raise NotInStoreError(
            f"{name_or_key!r} is the key of a {record.stage} result, not of a direction",
            "List directions with: resonance store ls --stage aggregate",
        )
    if store.find(record.request) is None:
        raise (
            _lost(entry)
            if entry
            else StoreError(
                f"the direction {record.key[:12]} is damaged", "Ingest its playlist again"
            )
        )
    return record


def _lost(entry: PlaylistEntry) -> StoreError:
    return StoreError(
        f"the direction of playlist {entry.name!r} is missing or damaged",
        f"Ingest it again, which makes only what is missing: resonance ingest {entry.source!r} "
        f"--name {entry.name}",
    )
