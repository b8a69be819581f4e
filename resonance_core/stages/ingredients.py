"""What a piece is made of besides its prompt and seed, as found in the store."""

from typing import Any, NamedTuple

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.errors import ModelError, NotInStoreError
from resonance_core.models.base import ModelInfo, Pieces, Waveforms, mono
from resonance_core.stages.displacement import displacement_on
from resonance_core.stages.generation_request import (
    GENERATE,
    Addition,
    GenerationRequest,
    resolve_steering,
)
from resonance_core.stages.melody import find_melody
from resonance_core.stages.transcode import AUDIO as MELODY
from resonance_core.steering.combine import combine
from resonance_core.steering.inject import Steering
from resonance_core.steering.recipes import steer
from resonance_core.store.directions import DIRECTION
from resonance_core.store.pieces import AUDIO
from resonance_core.store.records import Record
from resonance_core.store.store import Store

MELODY_S = 120.0
"""What is heard of a melody at most; where a piece is longer, it begins anew."""


class Ingredients(NamedTuple):
    """What a piece is made of.

    Attributes:
        additions: The directions that are added, and how much of each.
        melody: What the piece follows.
        before: The piece that it goes on from.
    """

    additions: list[Addition]
    melody: Record | None
    before: Record | None

    def inputs(self) -> dict[str, Any]:
        """Return the digests of all, for the piece's key."""
        digests: dict[str, Any] = {"directions": [part.digests() for part, _ in self.additions]}
        if self.melody is not None:
            digests["melody"] = self.melody.digest(MELODY)
        if self.before is not None:
            digests["continues"] = self.before.digest(AUDIO)
        return digests

    def described(self) -> dict[str, Any]:
        """Return what a sidecar says of them."""
        return {
            "steering": [
                {
                    "direction": part.direction.key,
                    "sha256": part.direction.digest(DIRECTION),
                    "reference": part.reference and part.reference.key,
                    "vocabulary": part.vocabulary and part.vocabulary.key,
                    "effects": part.effects and part.effects.key,
                    "strength": strength,
                }
                for part, strength in self.additions
            ],
            "melody": self.melody
            and {"key": self.melody.key, "sha256": self.melody.digest(MELODY)},
            "continues": self.before
            and {"key": self.before.key, "sha256": self.before.digest(AUDIO)},
        }

    def steering(
        self,
        rows: int,
        config: PipelineConfig,
        info: ModelInfo,
        store: Store,
        device: torch.device,
    ) -> Steering | None:
        """Return the steering that all rows have in common; None for none."""
        if not self.additions:
            return None
        total = combine(
            [
                displacement_on(part, config.steer, info, store, device)
                for part, _ in self.additions
            ],
            torch.tensor([[strength for _, strength in self.additions]] * rows),
            config.steer.budget,
        )
        return steer(total, config.steer, self._before_s + config.generate.duration_s, info)

    def melodies(self, rows: int, info: ModelInfo, store: Store) -> Waveforms | None:
        """Return the melody for each row, ``[rows, samples]``; None for none.

        Where the piece before follows it already, it goes on; else it begins where that ends.
        """
        if self.melody is None:
            return None
        melody = mono(_read(self.melody, MELODY, info, store)[None])
        melody = melody[:, : int(MELODY_S * info.sample_rate)]
        if self.before is not None:
            followed = self.before.info.get("melody")
            if followed is None or followed["sha256"] != self.melody.digest(MELODY):
                # A piece follows a melody from its beginning, that of its opening.
                melody = np.roll(melody, round(self._before_s * info.sample_rate), axis=1)
        return np.repeat(melody, rows, axis=0)

    @property
    def _before_s(self) -> float:
        """How long the piece is that this one goes on from, in seconds."""
        return 0.0 if self.before is None else float(self.before.info["duration_s"])

    def openings(self, rows: int, info: ModelInfo, store: Store) -> Pieces | None:
        """Return what each row goes on from, ``[rows, channels, samples]``; None for nothing."""
        if self.before is None:
            return None
        before = _read(self.before, AUDIO, info, store)
        if len(before) != info.channels:
            before = np.repeat(mono(before[None]), info.channels, axis=0)
        return np.repeat(before[None], rows, axis=0)


def find_ingredients(
    request: GenerationRequest, config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> Ingredients:
    """Return what a request asks for; a slider's direction is made if it is not there.

    Raises:
        CalibrationError: No strength was given and none is known to be usable.
        ConfigError: There is no such slider.
        NotInStoreError: There is no such playlist, direction, melody or piece.
        StoreError: A direction is damaged.
    """
    melody = None if request.melody is None else find_melody(request.melody, store)
    before = None if request.continues is None else find_piece(request.continues, store)
    return Ingredients(resolve_steering(request, config, store, runtime), melody, before)


def find_piece(key: str, store: Store) -> Record:
    """Return the record of a piece, by its key.

    Raises:
        NotInStoreError: There is none.
    """
    record = store.get(key)
    if record.stage != GENERATE.name:
        raise NotInStoreError(
            f"{key[:12]} is of the stage {record.stage!r}, and no piece of music",
            "Give the request_id of a piece's sidecar",
        )
    return record


def _read(record: Record, name: str, info: ModelInfo, store: Store) -> NDArray[np.float32]:
    """Return sound of the model's rate, ``[channels, samples]``."""
    audio, rate = soundfile.read(store.path(record, name), dtype="float32", always_2d=True)
    if rate != info.sample_rate:
        raise ModelError(
            f"{record.key[:12]} is sound of {rate} Hz, and {info.id} works with {info.sample_rate}",
            "Use a model of its rate",
        )
    return np.asarray(audio.T)
