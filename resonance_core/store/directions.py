"""Direction files: one safetensors file holds the tensors and, in its header, what they are."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save

from resonance_core.keys import canonical_json
from resonance_core.steering.direction import Direction

DIRECTION = "direction.safetensors"
"""The file's name in its artifact."""
AUDIBLE = "audible.safetensors"
"""The file beside a concept's direction with what the model hears of it, ``[layers, hidden]``."""
TENSORS = ("per_layer", "one_to_all", "layer_norm", "residual_scale")


def write_direction(path: Path, direction: Direction) -> None:
    """Write a direction; the same direction gives the same bytes."""
    # One header entry: safetensors writes several in an order that changes from run to run.
    header = {"resonance": canonical_json(direction.metadata)}
    # safetensors writes an array's memory as it lies, which need not be row by row.
    tensors = {name: np.ascontiguousarray(getattr(direction, name)) for name in TENSORS}
    # Written by Python, whose errors tell a full disk from other ills.
    path.write_bytes(save(tensors, metadata=header))


def read_direction(path: Path) -> Direction:
    """Read a direction; no code in the file can run."""
    with safe_open(path, framework="numpy") as file:
        metadata = json.loads(file.metadata()["resonance"])
        return Direction(**{name: file.get_tensor(name) for name in TENSORS}, metadata=metadata)


def write_audible(path: Path, audible: NDArray[np.float32]) -> None:
    """Write what leads from a concept's low to its high music, ``[layers, hidden]``."""
    path.write_bytes(save({"audible": np.ascontiguousarray(audible, np.float32)}))


def read_audible(path: Path) -> NDArray[np.float32]:
    """Read what leads from a concept's low to its high music, ``[layers, hidden]``."""
    with safe_open(path, framework="numpy") as file:
        return file.get_tensor("audible")
