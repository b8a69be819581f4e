"""Direction files: one safetensors file holds the tensors and, in its header, what they are."""

import json
from pathlib import Path

from safetensors import safe_open
from safetensors.numpy import save_file

from resonance_core.keys import canonical_json
from resonance_core.steering.direction import Direction

DIRECTION = "direction.safetensors"
"""The file's name in its artifact."""
TENSORS = ("per_layer", "one_to_all", "layer_norm", "residual_scale")


def write_direction(path: Path, direction: Direction) -> None:
    """Write a direction; the same direction gives the same bytes."""
    # One header entry: safetensors writes several in an order that changes from run to run.
    header = {"resonance": canonical_json(direction.metadata)}
    save_file({name: getattr(direction, name) for name in TENSORS}, path, metadata=header)


def read_direction(path: Path) -> Direction:
    """Read a direction; no code in the file can run."""
    with safe_open(path, framework="numpy") as file:
        metadata = json.loads(file.metadata()["resonance"])
        return Direction(**{name: file.get_tensor(name) for name in TENSORS}, metadata=metadata)
