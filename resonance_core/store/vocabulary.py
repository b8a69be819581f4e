"""Vocabulary files: one safetensors file, whose header holds the prompts and the layers."""

import json
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save

from resonance_core.keys import canonical_json
from resonance_core.steering.vocabulary import Vocabulary

VOCABULARY = "vocabulary.safetensors"
"""The file's name in its artifact."""
TENSORS = ("heard", "told")


def write_vocabulary(path: Path, vocabulary: Vocabulary) -> None:
    """Write a vocabulary; the same one gives the same bytes."""
    header = canonical_json(
        {"prompts": list(vocabulary.prompts), "layers": list(vocabulary.layers)}
    )
    tensors = {name: np.ascontiguousarray(getattr(vocabulary, name)) for name in TENSORS}
    path.write_bytes(save(tensors, metadata={"resonance": header}))


def read_vocabulary(path: Path) -> Vocabulary:
    """Read a vocabulary; no code in the file can run."""
    with safe_open(path, framework="numpy") as file:
        header = json.loads(file.metadata()["resonance"])
        return Vocabulary(
            prompts=tuple(header["prompts"]),
            layers=tuple(header["layers"]),
            **{name: file.get_tensor(name) for name in TENSORS},
        )
