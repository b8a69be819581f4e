"""A direction to steer with: what it is made of doesn't change how long steering takes."""

from collections.abc import Sequence

import torch

from resonance_core.models.base import ModelInfo
from resonance_core.steering.inject import Steering


def random_steering(info: ModelInfo, strengths: Sequence[float]) -> Steering:
    """Return a steering with one random vector at every layer, added as by default.

    Args:
        info: The model it is for.
        strengths: One a row.
    """
    vector = torch.randn(info.hidden_size, generator=torch.Generator().manual_seed(0))
    vectors = (vector / vector.norm()).expand(info.layers, -1)
    return Steering(
        torch.tensor(strengths)[:, None, None] * vectors, rows="conditional", positions="audio"
    )
