"""Audio files for people."""

import io
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray


def write_wav(path: Path, audio: NDArray[np.float32], sample_rate: int) -> None:
    """Write audio as 16-bit PCM; the same samples give the same bytes.

    Args:
        path: The WAV file.
        audio: Samples, ``[channels, samples]``; what lies beyond full scale 1 is clipped.
        sample_rate: Hz.

    Raises:
        OSError: The file cannot be written.
    """
    wav = io.BytesIO()  # libsndfile does not tell why it could not write a file
    soundfile.write(wav, np.clip(audio.T, -1, 1), sample_rate, subtype="PCM_16", format="WAV")
    path.write_bytes(wav.getvalue())
