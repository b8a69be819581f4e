"""Generate: a prompt, and directions if there are any, become WAV files and their sidecars."""

import functools
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from resonance_core.audio.descriptors import describe
from resonance_core.audio.write import write_wav
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.errors import ModelError
from resonance_core.keys import Stage
from resonance_core.models.base import Listener, ModelInfo, Waveforms
from resonance_core.models.registry import load_model, model_info
from resonance_core.stages.generation_request import Addition, GenerationRequest, resolve_steering
from resonance_core.steering.combine import combine
from resonance_core.steering.inject import Steering
from resonance_core.steering.recipes import steer
from resonance_core.store.directions import DIRECTION
from resonance_core.store.pieces import AUDIO, SIDECAR
from resonance_core.store.records import Outcome, library_versions
from resonance_core.store.store import Store

GENERATE = Stage(name="generate", version=3)


def generate(
    request: GenerationRequest,
    config: PipelineConfig,
    store: Store,
    runtime: RuntimeConfig,
    listener: Callable[[NDArray[np.float32]], None] | None = None,
) -> Outcome:
    """Return the record of a piece of music, making it if it is not there.

    What it needs and the store lacks, such as the direction of a slider, is made first.

    Args:
        request: Prompt, playlist, strength, sliders and seed.
        config: The model, its sampling, the recipe, and the length.
        store: Holds the directions and takes the piece.
        runtime: The device.
        listener: Hears the piece while it is made: called after each frame with the ``[samples]``
            that can be heard since, often none; see `MusicModel.generate`. What it raises ends
            the work, and nothing is kept. A piece that is found is not played to it.

    Raises:
        CalibrationError: No strength was given and none is known to be usable.
        ConfigError: There is no such slider.
        ModelError: The direction was made with another model, or the piece is too long.
        StoreError: There is no such playlist or direction, or it is damaged.
    """
    hear = None if listener is None else lambda _rows, audio: listener(audio[0])
    return generate_takes(request, 1, config, store, runtime, hear)[0]


def generate_takes(
    request: GenerationRequest,
    takes: int,
    config: PipelineConfig,
    store: Store,
    runtime: RuntimeConfig,
    listener: Listener | None = None,
) -> list[Outcome]:
    """Return the records of several takes of a piece, which are made in one batch.

    The takes have the request's seed and those that follow it. In another batch rounding may tip
    a token over, so a take of several has another key than one that is made alone.

    Args:
        request: What all takes have in common, and the first one's seed.
        takes: How many.
        config: The model, its sampling, the recipe, and the length.
        store: Holds the directions and takes the pieces.
        runtime: The device.
        listener: Hears the takes while they are made; its rows are their places.

    Raises:
        CalibrationError: No strength was given and none is known to be usable.
        ConfigError: There is no such slider.
        ModelError: The direction was made with another model, or the piece is too long.
        StoreError: There is no such playlist or direction, or it is damaged.
    """
    info = model_info(config.model)
    additions = resolve_steering(request, config, store, runtime)
    seeds = [request.seed + take for take in range(takes)]

    @functools.cache
    def batch() -> Waveforms:
        return load_model(config.model, runtime).generate(
            [request.prompt] * takes,
            seeds=seeds,
            duration_s=config.generate.duration_s,
            sampling=config.sampling,
            steering=_steering(additions, takes, config, info, store),
            listener=listener,
        )

    def take(number: int) -> Outcome:
        seed = seeds[number]
        settings = {
            "model": info.identity(),
            "sampling": config.sampling.model_dump(mode="json"),
            "prompt": request.prompt,
            "seed": seed,
            "duration_s": config.generate.duration_s,
            "strengths": [addition.strength for addition in additions],
            "steer": config.steer.model_dump(mode="json") if additions else None,
        }
        if takes > 1:
            settings["batch"] = seeds
        inputs = {"directions": [addition.part.digests() for addition in additions]}
        stage_request = GENERATE.request(settings, inputs)

        def make(folder: Path) -> dict[str, Any]:
            audio = batch()[number]
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
                "seed": seed,
                "batch": seeds,
                "sampling": config.sampling.model_dump(mode="json"),
                "sliders": request.moved,
                "steering": _described(additions),
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

    return [take(number) for number in range(takes)]


def _described(additions: Sequence[Addition]) -> list[dict[str, Any]]:
    """Return what a sidecar says of each direction."""
    return [
        {
            "direction": part.direction.key,
            "sha256": part.direction.digest(DIRECTION),
            "reference": part.reference and part.reference.key,
            "vocabulary": part.vocabulary and part.vocabulary.key,
            "effects": part.effects and part.effects.key,
            "strength": strength,
        }
        for part, strength in additions
    ]


def _steering(
    additions: Sequence[Addition],
    rows: int,
    config: PipelineConfig,
    info: ModelInfo,
    store: Store,
) -> Steering | None:
    """Return the steering that all rows have in common."""
    if not additions:
        return None
    total = combine(
        [addition.part.displacement(config.steer, info, store) for addition in additions],
        torch.tensor([[addition.strength for addition in additions]] * rows),
        config.steer.budget,
    )
    return steer(total, config.steer, config.generate.duration_s, info)
