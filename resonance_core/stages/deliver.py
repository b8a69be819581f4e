"""Deliver: what listeners take of a piece besides its WAV file, made once and kept."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
import soundfile

from resonance_core.audio.encode import encode
from resonance_core.keys import Stage
from resonance_core.store.pieces import AUDIO
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store

ENCODE = Stage(name="encode", version=1)
PEAKS = Stage(name="peaks", version=1)


def encoded(piece: Record, form: Literal["flac", "mp3", "opus"], store: Store) -> Outcome:
    """Return the record of a piece in another format; its file is ``audio.FORMAT``.

    Raises:
        StoreError: The store cannot be written.
    """

    def make(folder: Path) -> dict[str, Any]:
        encode(store.path(piece, AUDIO), folder / f"audio.{form}", form)
        return {}

    return store.build(ENCODE.request({"format": form}, {"audio": piece.digest(AUDIO)}), make)


def peaks(piece: Record, buckets: int, store: Store) -> Outcome:
    """Return the record of a piece's waveform, as a picture of it needs it.

    Its ``info`` holds ``low``, ``high`` and ``rms`` of each bucket, full scale 1, and the piece's
    ``seconds``.

    Args:
        piece: The record of a generated piece.
        buckets: Parts of equal length that it is cut into; a short piece gives fewer.
        store: Holds the piece.

    Raises:
        StoreError: The store cannot be written.
    """

    def make(_folder: Path) -> dict[str, Any]:
        audio, rate = soundfile.read(store.path(piece, AUDIO), dtype="float32", always_2d=True)
        parts = np.array_split(audio, min(buckets, len(audio)))
        return {
            "seconds": len(audio) / rate,
            "low": [round(float(part.min()), 4) for part in parts],
            "high": [round(float(part.max()), 4) for part in parts],
            "rms": [round(float(np.sqrt(np.mean(part**2))), 4) for part in parts],
        }

    request = PEAKS.request({"buckets": buckets}, {"audio": piece.digest(AUDIO)})
    return store.build(request, make)
