"""Generate: a prompt, and directions if there are any, become WAV files and their sidecars."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.errors import ModelError
from resonance_core.gpu import resolve_device
from resonance_core.models.base import Listener, Pieces
from resonance_core.models.capabilities import CAPABILITIES
from resonance_core.models.registry import load_model, model_info
from resonance_core.stages.generation_request import GENERATE, GenerationRequest
from resonance_core.stages.hosted import Hosted, generate_hosted
from resonance_core.stages.ingredients import find_ingredients
from resonance_core.stages.piece import write_piece
from resonance_core.store.records import Outcome
from resonance_core.store.store import Store


def generate(
    request: GenerationRequest,
    config: PipelineConfig,
    store: Store,
    runtime: RuntimeConfig,
    listener: Callable[[NDArray[np.float32]], None] | None = None,
    hosted: Hosted | None = None,
) -> Outcome:
    """Return the record of a piece of music, making it if it is not there.

    What it needs and the store lacks, such as the direction of a slider, is made first.

    Args:
        request: Prompt, playlist, strength, sliders and seed.
        config: The model, its sampling, the recipe, and the length.
        store: Holds the directions and takes the piece.
        runtime: The device.
        listener: Hears the piece while it is made: called after each frame with the
            ``[channels, samples]`` that can be heard since, often none; see
            `MusicModel.generate`. What it raises ends the work, and nothing is kept. A piece that
            is found is not played to it.
        hosted: What it takes where the model is hosted; without it, nothing is sent.

    Raises:
        CalibrationError: No strength was given and none is known to be usable.
        ConfigError: There is no such slider.
        ConsentError: The model is hosted, and nobody agreed to what would be sent.
        ModelError: The direction was made with another model, or the piece is too long.
        NotInStoreError: There is no such playlist, direction, melody or piece.
        StoreError: A direction is damaged.
    """
    hear = None if listener is None else lambda _rows, audio: listener(audio[0])
    return generate_takes(request, 1, config, store, runtime, hear, hosted)[0]


def generate_takes(
    request: GenerationRequest,
    takes: int,
    config: PipelineConfig,
    store: Store,
    runtime: RuntimeConfig,
    listener: Listener | None = None,
    hosted: Hosted | None = None,
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
        hosted: What it takes where the model is hosted, see `generate_hosted`; without it, nothing
            is sent.

    Raises:
        CalibrationError: No strength was given and none is known to be usable.
        ConfigError: There is no such slider.
        ConsentError: The model is hosted, and nobody agreed to what would be sent.
        ModelError: The direction was made with another model, or the piece is too long.
        NotInStoreError: There is no such playlist, direction, melody or piece.
        StoreError: A direction is damaged.
    """
    info = model_info(config.model)
    if CAPABILITIES[info.backend].hosted:
        return generate_hosted(request, takes, config, store, hosted, listener)
    device = resolve_device(runtime.device)
    ingredients = find_ingredients(request, config, store, runtime)
    seeds = [request.seed + take for take in range(takes)]
    steer = config.steer.model_dump(mode="json") if ingredients.additions else None

    @functools.cache
    def batch() -> Pieces:
        return load_model(config.model, runtime).generate(
            [request.prompt] * takes,
            seeds=seeds,
            duration_s=config.generate.duration_s,
            sampling=config.sampling,
            steering=ingredients.steering(takes, config, info, store, device),
            melody=ingredients.melodies(takes, info, store),
            opening=ingredients.openings(takes, info, store),
            listener=listener,
        )

    def take(number: int) -> Outcome:
        settings = {
            "model": info.identity(),
            "sampling": config.sampling.model_dump(mode="json"),
            "prompt": request.prompt,
            "seed": seeds[number],
            "duration_s": config.generate.duration_s,
            "strengths": [strength for _, strength in ingredients.additions],
            "steer": steer,
        }
        if takes > 1:
            settings["batch"] = seeds
        stage_request = GENERATE.request(settings, ingredients.inputs())

        def make(folder: Path) -> dict[str, Any]:
            audio = batch()[number]
            if not np.isfinite(audio).all():
                raise ModelError(
                    f"{info.id} made audio that is not finite in {info.precision}",
                    "Lower --strength, or compute in float32: --set model.dtype=float32",
                )
            made_of = {
                "request_id": stage_request.key,
                "model": info.model_dump(),
                "backend": info.backend,
                "prompt": request.prompt,
                "seed": seeds[number],
                "batch": seeds,
                "sampling": config.sampling.model_dump(mode="json"),
                "sliders": request.moved,
                **ingredients.described(),
                "steer": steer,
                "requested_duration_s": config.generate.duration_s,
            }
            return write_piece(folder, audio, info, made_of)

        return store.build(stage_request, make)

    return [take(number) for number in range(takes)]
