"""Vocabulary: the model plays many prompts, and hears what it played with and without them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.keys import Stage
from resonance_core.models.base import MusicModel
from resonance_core.models.registry import load_model, model_info
from resonance_core.stages.extract import capture_settings, choose_layers
from resonance_core.steering.vocabulary import Vocabulary
from resonance_core.store.records import Outcome
from resonance_core.store.store import Store
from resonance_core.store.vocabulary import VOCABULARY, write_vocabulary

VOCABULARY_STAGE = Stage(name="vocabulary", version=1)


def vocabulary(config: PipelineConfig, store: Store, runtime: RuntimeConfig) -> Outcome:
    """Return the record of a model's vocabulary, making it if it is not there.

    The model plays pieces of every prompt and hears them as it hears a playlist's tracks. A few
    of the pieces are then heard with every prompt: what differs is what the words change.

    Args:
        config: The model, its sampling, the extraction, and what is played.
        store: Takes the vocabulary.
        runtime: Device and batch size.

    Raises:
        ModelError: The pieces are too long, or the model lacks a layer that is asked for.
    """
    info = model_info(config.model)
    layers = choose_layers(config.extract, info)
    played = config.vocabulary
    prompts = played.prompts
    settings = capture_settings(config.extract, info)
    request = VOCABULARY_STAGE.request(
        {
            **settings,
            "sampling": config.sampling.model_dump(mode="json"),
            **played.model_dump(mode="json"),
        },
        inputs={},
    )

    def make(folder: Path) -> dict[str, Any]:
        model = load_model(config.model, runtime)
        rows = [prompt for prompt in prompts for _clip in range(played.clips)]
        # Of prompts from all over the list.
        common = {
            place * len(prompts) // played.common * played.clips for place in range(played.common)
        }
        heard: list[NDArray[np.float32]] = []
        kept: list[NDArray[np.float32]] = []
        for first in range(0, len(rows), runtime.batch_size):
            numbers = range(first, min(first + runtime.batch_size, len(rows)))
            audio = model.generate(
                [rows[number] for number in numbers],
                seeds=[played.seed + number for number in numbers],
                duration_s=played.duration_s,
                sampling=config.sampling,
            )
            told = [settings["prompt"]] * len(audio)
            captured = model.capture(audio, layers=layers, prompts=told, melody=settings["melody"])
            heard.extend(captured.vectors)
            kept += [row for number, row in zip(numbers, audio, strict=True) if number in common]
        by_prompt = np.stack(heard).reshape(len(prompts), played.clips, len(layers), -1)
        write_vocabulary(
            folder / VOCABULARY,
            Vocabulary(
                prompts=prompts,
                layers=layers,
                heard=by_prompt.mean(1),
                told=_told(model, np.stack(kept), prompts, layers, runtime.batch_size),
            ),
        )
        return {"prompts": len(prompts), "layers": list(layers)}

    return store.build(request, make)


def _told(
    model: MusicModel,
    audio: NDArray[np.float32],
    prompts: Sequence[str],
    layers: Sequence[int],
    batch_size: int,
) -> NDArray[np.float32]:
    """Return the mean activations of the same pieces under each prompt."""
    found = []
    for prompt in prompts:
        heard = [
            model.capture(batch, layers=layers, prompts=[prompt] * len(batch), melody=False).vectors
            for batch in np.split(audio, range(batch_size, len(audio), batch_size))
        ]
        found.append(np.concatenate(heard).mean(0))
    return np.stack(found)
