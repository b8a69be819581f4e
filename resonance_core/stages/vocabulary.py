"""Vocabulary: the model plays many prompts, and hears what it played with and without them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.keys import Stage
from resonance_core.models.registry import load_model, model_info
from resonance_core.stages.extract import capture_settings, choose_layers
from resonance_core.stages.own_music import play_and_hear
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
    request = VOCABULARY_STAGE.request(
        {
            **capture_settings(config.extract, info),
            "sampling": config.sampling.model_dump(mode="json"),
            **played.model_dump(mode="json"),
        },
        inputs={},
    )

    def make(folder: Path) -> dict[str, Any]:
        rows = [prompt for prompt in prompts for _clip in range(played.clips)]
        # The first pieces of prompts from all over the list.
        places = np.arange(played.common) * len(prompts) // played.common * played.clips
        heard: list[NDArray[np.float32]] = []
        common: list[NDArray[np.float32]] = []
        for audio, captured in play_and_hear(rows, played.seed, played.duration_s, config, runtime):
            common += [piece for place, piece in enumerate(audio, len(heard)) if place in places]
            heard.extend(captured.vectors)
        by_prompt = np.stack(heard).reshape(len(prompts), played.clips, len(layers), -1)
        write_vocabulary(
            folder / VOCABULARY,
            Vocabulary(
                prompts=prompts,
                layers=layers,
                heard=by_prompt.mean(1),
                told=_told(np.stack(common), prompts, layers, config, runtime),
            ),
        )
        return {"prompts": len(prompts), "layers": list(layers)}

    return store.build(request, make)


def _told(
    audio: NDArray[np.float32],
    prompts: Sequence[str],
    layers: Sequence[int],
    config: PipelineConfig,
    runtime: RuntimeConfig,
) -> NDArray[np.float32]:
    """Return the mean activations of the same pieces under each prompt."""
    model = load_model(config.model, runtime)
    batches = np.split(audio, range(runtime.batch_size, len(audio), runtime.batch_size))
    found = []
    for prompt in prompts:
        heard = [
            model.capture(batch, layers=layers, prompts=[prompt] * len(batch), melody=False).vectors
            for batch in batches
        ]
        found.append(np.concatenate(heard).mean(0))
    return np.stack(found)
