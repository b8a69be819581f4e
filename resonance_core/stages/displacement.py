"""Displacements: what directions add, kept on the device from one slider move to the next."""

import threading

import torch
from cachetools import LRUCache, cached

from resonance_core.config import SteerConfig
from resonance_core.keys import canonical_json
from resonance_core.models.base import ModelInfo
from resonance_core.stages.part import Part
from resonance_core.store.store import Store

KEPT = 64
"""Directions that stay on the device; of the largest MusicGen each takes 0.4 MB."""


def _key(
    part: Part, config: SteerConfig, info: ModelInfo, _store: Store, device: torch.device
) -> tuple[str, ModelInfo, torch.device]:
    recipe = config.model_dump(mode="json", exclude={"budget"})
    return canonical_json([part.digests(), recipe]), info, device


@cached(LRUCache(KEPT), key=_key, lock=threading.Lock())
def displacement_on(
    part: Part, config: SteerConfig, info: ModelInfo, store: Store, device: torch.device
) -> torch.Tensor:
    """Return what strength 1 of a direction adds, ``[layers, hidden]``, on a device.

    The last `KEPT` are found there, by the digests of all that they are made of; the one that was
    used least recently makes room. Nobody may write to them.

    Args:
        part: The direction.
        config: The recipe.
        info: The model that is steered.
        store: Holds the direction.
        device: Where the model is.

    Raises:
        ModelError: The direction belongs to another model, or lacks a layer that is steered.
    """
    return part.displacement(config, info, store).to(device)
