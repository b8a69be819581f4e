"""The two files of a piece, whichever model made it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonance_core.audio.descriptors import describe
from resonance_core.audio.write import write_wav
from resonance_core.models.base import ModelInfo, mono
from resonance_core.store.pieces import AUDIO, SIDECAR
from resonance_core.store.records import library_versions


def write_piece(
    folder: Path, audio: NDArray[np.float32], info: ModelInfo, made_of: dict[str, Any]
) -> dict[str, Any]:
    """Write a piece as WAV, and a sidecar beside it, and return what the sidecar says.

    Args:
        folder: Takes both.
        audio: The piece, ``[channels, samples]``.
        info: What made it.
        made_of: What it was made of, enough to make it again.

    Raises:
        OSError: The files cannot be written.
    """
    write_wav(folder / AUDIO, audio, info.sample_rate)
    sidecar = {
        **made_of,
        "duration_s": audio.shape[1] / info.sample_rate,
        "sample_rate": info.sample_rate,
        "channels": info.channels,
        "descriptors": describe(mono(audio[None])[0], info.sample_rate).model_dump(),
        "versions": library_versions(),
    }
    (folder / SIDECAR).write_text(json.dumps(sidecar, indent=1, allow_nan=False) + "\n")
    return sidecar
