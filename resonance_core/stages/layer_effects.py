"""Layer effects: a direction is tried in one layer after another, to see where it works."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from resonance_core.config import PipelineConfig, RuntimeConfig, SteerConfig
from resonance_core.keys import Stage
from resonance_core.models.base import mono
from resonance_core.models.registry import load_model, model_info
from resonance_core.stages.part import Part
from resonance_core.steering.layers import shares_by_effect
from resonance_core.steering.movement import movement
from resonance_core.steering.recipes import steer
from resonance_core.store.records import Outcome
from resonance_core.store.store import Store

LAYER_EFFECTS = Stage(name="layer-effects", version=1)
SCANNED = SteerConfig(layers="all")
"""How each layer is tried: with the default recipe, whatever recipe the effects are used in."""


def layer_effects(
    tried: Part, config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> Outcome:
    """Return the record of a direction's effect in each layer, measuring it if it is not there.

    Each layer alone gets the whole strength, added and taken away; the effect is half of what
    lies between the two, as `movement` measures it. The record's ``info`` holds the ``layers``,
    their ``effects`` and the ``shares`` of the strength that the best of them get.

    Args:
        tried: The direction with its reference.
        config: The model, its sampling, and what is played.
        store: Holds the direction and takes the effects.
        runtime: Device and batch size.

    Raises:
        ModelError: The direction was made with another model.
    """
    info = model_info(config.model)
    played = config.scan
    request = LAYER_EFFECTS.request(
        {
            "model": info.identity(),
            "sampling": config.sampling.model_dump(mode="json"),
            "steer": SCANNED.model_dump(mode="json", exclude={"words", "budget", "layers"}),
            **played.model_dump(mode="json"),
        },
        tried._replace(effects=None).digests(),
    )

    def make(_folder: Path) -> dict[str, Any]:
        model = load_model(config.model, runtime)
        layers = tried.layers(store)
        pieces = len(played.prompts)
        rows = []
        for layer in layers:
            alone = SCANNED.model_copy(update={"layers": (layer,)})
            added = played.strength * tried.displacement(alone, info, store)
            rows += [sign * added for sign in (-1, 1) for _prompt in played.prompts]
        heard = []
        for first in range(0, len(rows), runtime.batch_size):
            batch = range(first, min(first + runtime.batch_size, len(rows)))
            audio = model.generate(
                [played.prompts[row % pieces] for row in batch],
                seeds=[played.seed + row % pieces for row in batch],
                duration_s=played.duration_s,
                sampling=config.sampling,
                steering=steer(
                    torch.stack([rows[row] for row in batch]), SCANNED, played.duration_s, info
                ),
            )
            captured = model.capture(
                np.nan_to_num(mono(audio)), layers=layers, prompts=[""] * len(batch), melody=False
            )
            heard.append(captured.vectors)
        by_layer = np.concatenate(heard).reshape(len(layers), 2, pieces, len(layers), -1)
        shifts = (by_layer[:, 1] - by_layer[:, 0]).mean(1) / 2
        effects = movement(shifts, tried.axis(store)).tolist()
        return {
            "layers": layers,
            "effects": effects,
            "shares": shares_by_effect(layers, effects, played.keep),
        }

    return store.build(request, make)
