"""Concept: the model plays pairs of opposite prompts, which leave a direction."""

from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.keys import Stage, StageRequest
from resonance_core.models.registry import load_model, model_info
from resonance_core.stages.extract import capture_settings
from resonance_core.steering.aggregate import as_direction
from resonance_core.steering.concept_file import ConceptFile
from resonance_core.steering.concepts import contrast
from resonance_core.store.directions import DIRECTION, write_direction
from resonance_core.store.records import Outcome
from resonance_core.store.store import Store

CONCEPT = Stage(name="concept", version=1)


def concept(
    name: str, file: ConceptFile, config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> Outcome:
    """Return the record of a concept's direction, making it if it is not there.

    Both poles of a pair are played with one seed; the model then hears each piece with the
    prompt it was played from. The record's ``info`` holds, for each layer, the reliability:
    ``split_half`` and ``agreement`` (see `contrast`).

    Args:
        name: Of the concept.
        file: Its prompts.
        config: The model, its sampling, the layers, and how many pairs are played.
        store: Takes the direction, of kind ``concept``.
        runtime: Device and batch size.

    Raises:
        ConfigError: There is no such concept, or it has too few pairs.
        ModelError: The pieces are too long, or the model lacks a layer that is asked for.
    """
    info = model_info(config.model)
    played = config.concept
    pairs = file.pairs(name, played.pairs)
    request = concept_request(name, file, config)
    layers = request.config["layers"]

    def make(folder: Path) -> dict[str, Any]:
        model = load_model(config.model, runtime)
        vectors: list[NDArray[np.float32]] = []
        rms: list[NDArray[np.float32]] = []
        together = max(1, runtime.batch_size // 2)
        for first in range(0, len(pairs), together):
            batch = pairs[first : first + together]
            prompts = list(chain.from_iterable(batch))
            seeds = [played.seed + first + i for i in range(len(batch)) for _pole in range(2)]
            audio = model.generate(
                prompts, seeds=seeds, duration_s=played.duration_s, sampling=config.sampling
            )
            captured = model.capture(audio, layers=layers, prompts=prompts, melody=False)
            vectors.append(captured.vectors)
            rms.append(captured.rms)
        heard, loudness = np.concatenate(vectors), np.concatenate(rms)
        found = contrast(heard[::2], heard[1::2])
        direction = as_direction(
            found.difference,
            layer_norm=np.linalg.norm(heard, axis=-1).mean(0),
            rms=loudness,
            metadata={
                "kind": "concept",
                "name": name,
                "model": info.model_dump(),
                "layers": layers,
                "config": request.config,
                "tracks": [],
            },
        )
        write_direction(folder / DIRECTION, direction)
        return {
            "name": name,
            "layers": layers,
            "split_half": found.split_half.tolist(),
            "agreement": found.agreement.tolist(),
        }

    return store.build(request, make)


def concept_request(name: str, file: ConceptFile, config: PipelineConfig) -> StageRequest:
    """Return what a concept's direction is found by.

    Raises:
        ConfigError: There is no such concept, or it has too few pairs.
        ModelError: The model lacks a layer that is asked for.
    """
    settings = {
        **capture_settings(config.extract, model_info(config.model)),
        "prompt": "each piece's own",
        "melody": False,
        "sampling": config.sampling.model_dump(mode="json"),
        **config.concept.model_dump(mode="json", exclude={"pairs", "file"}),
        "pairs": [list(pair) for pair in file.pairs(name, config.concept.pairs)],
    }
    return CONCEPT.request(settings, inputs={})
