"""Linear probes that read attributes and genre from a clip's measurements, and their file."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save

from resonance_core.judge.features import Array, measure
from resonance_core.keys import canonical_json

Weights = NDArray[np.float32]


@dataclass(frozen=True)
class Verdict:
    """What the judge makes of clips.

    Attributes:
        measures: Each named measure, ``[clips]``.
        levels: Each attribute as its probe reads it, ``[clips]``; 0 is low and 2 is high.
        genres: The likeliest genre, ``[clips]``.
        vectors: Standardised features, ``[clips, features]``; 0 where a feature did not vary
            among the clips that the probes were fitted on.
    """

    measures: dict[str, Array]
    levels: dict[str, Array]
    genres: NDArray[np.str_]
    vectors: Array

    @classmethod
    def join(cls, verdicts: Sequence["Verdict"]) -> "Verdict":
        """Return the verdict on all clips of several, in their order."""

        def together(field: str) -> dict[str, Array]:
            names = getattr(verdicts[0], field)
            return {
                name: np.concatenate([getattr(verdict, field)[name] for verdict in verdicts])
                for name in names
            }

        return cls(
            measures=together("measures"),
            levels=together("levels"),
            genres=np.concatenate([verdict.genres for verdict in verdicts]),
            vectors=np.concatenate([verdict.vectors for verdict in verdicts]),
        )


@dataclass(frozen=True)
class Probes:
    """Fitted linear probes on standardised feature vectors.

    Attributes:
        mean: Of each feature, ``[features]``.
        scale: Standard deviation of each feature, ``[features]``; infinite for those that do not
            vary, so that they count for nothing.
        level_weights: ``[attributes, features]``.
        level_biases: ``[attributes]``.
        genre_weights: ``[genres, features]``.
        genre_biases: ``[genres]``.
        attributes: Their names, ``[attributes]``.
        genres: Their names, ``[genres]``.
        audio: What the probes were fitted on, and are to read.
        clip_s: Length of the clips that they were fitted on, seconds.
        scores: How well they read held-out clips: each attribute's ``r`` (correlation of probe
            and level), the ``genre_accuracy``, and more.
    """

    mean: Weights
    scale: Weights
    level_weights: Weights
    level_biases: Weights
    genre_weights: Weights
    genre_biases: Weights
    attributes: list[str]
    genres: list[str]
    audio: str
    clip_s: float
    scores: dict[str, Any]

    def read(self, audio: Iterable[Array]) -> Verdict:
        """Judge clips of the length that the probes were fitted on.

        Args:
            audio: Mono clips at 32 kHz, ``[samples]`` each, full scale 1.
        """
        found = [measure(clip) for clip in audio]
        vectors = (np.stack([each.vector for each in found]) - self.mean) / self.scale
        levels = vectors @ self.level_weights.T + self.level_biases
        scores = vectors @ self.genre_weights.T + self.genre_biases
        return Verdict(
            measures={
                name: np.array([each.named[name] for each in found]) for name in found[0].named
            },
            levels=dict(zip(self.attributes, levels.T, strict=True)),
            genres=np.array(self.genres)[scores.argmax(axis=1)],
            vectors=vectors,
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the probes' file: what other probes say may differ."""
        return hashlib.sha256(self._bytes()).hexdigest()

    def save(self, path: Path) -> None:
        """Write the probes as one safetensors file; the same probes give the same bytes."""
        path.write_bytes(self._bytes())

    def _bytes(self) -> bytes:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        # safetensors writes an array's memory as it lies, and fits leave theirs column by column.
        tensors = {name: np.ascontiguousarray(values[name]) for name in TENSORS}
        described = {name: value for name, value in values.items() if name not in TENSORS}
        # One header entry: safetensors writes several in an order that changes from run to run.
        return save(tensors, metadata={"resonance": canonical_json(described)})

    @classmethod
    def load(cls, path: Path) -> "Probes":
        """Read what `save` wrote; no code in the file can run."""
        with safe_open(path, framework="numpy") as file:
            described = json.loads(file.metadata()["resonance"])
            return cls(**{name: file.get_tensor(name) for name in TENSORS}, **described)


TENSORS = tuple(field.name for field in fields(Probes) if field.type is Weights)
