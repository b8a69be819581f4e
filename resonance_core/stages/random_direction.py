"""Random directions: the control that every claim about steering is held against."""

from pathlib import Path
from typing import Any

import numpy as np

from resonance_core.keys import Stage
from resonance_core.steering.direction import Direction
from resonance_core.store.directions import DIRECTION, read_direction, write_direction
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store

RANDOM = Stage(name="random-direction", version=1)


def random_direction(like: Record, seed: int, store: Store) -> Outcome:
    """Return the record of a direction that means nothing, making it if it is not there.

    It is drawn from a normal distribution and has the other's norm in every layer.

    Args:
        like: The direction that it is as long as.
        seed: Of the draw.
        store: Holds the one and takes the other.
    """
    request = RANDOM.request({"seed": seed}, {"like": like.digest(DIRECTION)})

    def make(folder: Path) -> dict[str, Any]:
        model = read_direction(store.path(like, DIRECTION))
        drawn = np.random.default_rng(seed).standard_normal(model.per_layer.shape)
        lengths = np.linalg.norm(model.per_layer, axis=-1, keepdims=True)
        vectors = drawn / np.linalg.norm(drawn, axis=-1, keepdims=True) * lengths
        mean = vectors.mean(0)
        direction = Direction(
            per_layer=vectors.astype(np.float32),
            one_to_all=(mean / np.linalg.norm(mean)).astype(np.float32),
            layer_norm=model.layer_norm,
            residual_scale=model.residual_scale,
            metadata={**model.metadata, "kind": "random", "config": request.config, "tracks": []},
        )
        write_direction(folder / DIRECTION, direction)
        return {"seed": seed, "layers": model.metadata["layers"]}

    return store.build(request, make)
