"""Concepts from prompts: the model plays pairs of opposites, which leave a direction."""

from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.keys import StageRequest
from resonance_core.models.base import mono
from resonance_core.models.registry import load_model, model_info
from resonance_core.stages.concept_record import CONCEPT, write_concept
from resonance_core.stages.extract import capture_settings
from resonance_core.steering.concept_file import ConceptFile
from resonance_core.steering.concepts import contrast
from resonance_core.store.records import Outcome
from resonance_core.store.store import Store


def prompt_concept(
    name: str, file: ConceptFile, config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> Outcome:
    """Return the record of the direction of a concept from words, making it if it is not there.

    Both poles of a pair are played with one seed; the model then hears both pieces with both
    prompts. What the other prompt changes while the music stays the same is the direction: it is
    how words steer, and little else is in it. What the other piece changes while the prompt stays
    the same is where music that follows the words is found.

    Args:
        name: Of the concept.
        file: Its prompts.
        config: The model, its sampling, the layers, and how many pairs are played.
        store: Takes the direction.
        runtime: Device and batch size.

    Raises:
        ConfigError: There is no such concept, or it has too few pairs.
        ModelError: The pieces are too long, or the model lacks a layer that is asked for.
    """
    played = config.concept
    pairs = file.pairs(name, played.pairs)
    request = prompt_request(name, file, config)
    layers = request.config["layers"]

    def make(folder: Path) -> dict[str, Any]:
        model = load_model(config.model, runtime)
        heard: list[NDArray[np.float32]] = []  # [pairs, poles of the piece, of the prompt, ...]
        rms: list[NDArray[np.float32]] = []
        together = max(1, runtime.batch_size // 2)
        for first in range(0, len(pairs), together):
            batch = pairs[first : first + together]
            prompts = list(chain.from_iterable(batch))
            seeds = [played.seed + first + i for i in range(len(batch)) for _pole in range(2)]
            audio = model.generate(
                prompts, seeds=seeds, duration_s=played.duration_s, sampling=config.sampling
            )
            by_prompt = []
            for pole in range(2):
                told = [pair[pole] for pair in batch for _piece in range(2)]
                captured = model.capture(mono(audio), layers=layers, prompts=told, melody=False)
                by_prompt.append(captured.vectors.reshape(len(batch), 2, len(layers), -1))
                # One row a piece, so that the batch size makes no difference.
                rms.extend(captured.rms[:, None])
            heard.append(np.stack(by_prompt, axis=2))
        vectors = np.concatenate(heard)
        by_piece, by_words = vectors.mean(2), vectors.mean(1)
        return write_concept(
            folder,
            contrast(by_words[:, 0], by_words[:, 1]),
            list(vectors.reshape(-1, 1, *vectors.shape[3:])),
            rms,
            audible=(by_piece[:, 1] - by_piece[:, 0]).mean(0),
            name=name,
            model=model_info(config.model).model_dump(),
            layers=layers,
            config=request.config,
            tracks=[],
        )

    return store.build(request, make)


def prompt_request(name: str, file: ConceptFile, config: PipelineConfig) -> StageRequest:
    """Return what the direction of a concept from words is found by.

    Raises:
        ConfigError: There is no such concept, or it has too few pairs.
        ModelError: The model lacks a layer that is asked for.
    """
    settings = {
        **capture_settings(config.extract, model_info(config.model)),
        "prompt": "both of each pair",
        "melody": False,
        "sampling": config.sampling.model_dump(mode="json"),
        **config.concept.model_dump(mode="json", exclude={"pairs", "file"}),
        "pairs": [list(pair) for pair in file.pairs(name, config.concept.pairs)],
    }
    return CONCEPT.request(settings, inputs={})
