"""Recipes: how a direction becomes what is added to each layer."""

import numpy as np
import torch

from resonance_core.errors import ModelError
from resonance_core.models.base import ModelInfo
from resonance_core.steering.direction import Direction

SAFE_NORM = 3.2
"""The length of the added vector up to which the original system trusts a direction."""


def seed_vectors(direction: Direction, layers: int) -> torch.Tensor:
    """Return what the ``seed`` recipe adds at strength 1, ``[layers, hidden]``.

    One vector, the L2-normalised mean over chunks, tracks and layers, at every layer.
    """
    return torch.from_numpy(direction.one_to_all).expand(layers, -1)


def analytic_upper(vector_norm: float, lambda_max: float) -> float:
    """Return the largest strength that the norm of the added vector allows."""
    return min(lambda_max, max(1.0, SAFE_NORM / max(vector_norm, float(np.finfo(float).tiny))))


def check_model(direction: Direction, info: ModelInfo) -> None:
    """Refuse a direction that belongs to another model.

    Raises:
        ModelError: Its hidden states are not this model's.
    """
    made_with = direction.metadata["model"]
    if made_with["revision"] != info.revision:
        raise ModelError(
            f"the direction was made with {made_with['id']!r} (revision "
            f"{made_with['revision'][:12]}), not with {info.id!r} (revision {info.revision[:12]})",
            "Choose the config it was made with, or ingest the playlist again with this one",
        )
