"""Audio files for people."""

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from resonance_core.errors import StoreError


def write_wav(path: Path, audio: NDArray[np.float32], sample_rate: int) -> None:
    """Write mono audio as 16-bit PCM; the same samples give the same bytes.

    Args:
        path: The WAV file.
        audio: Samples, ``[samples]``; what lies beyond full scale 1 is clipped.
        sample_rate: Hz.

    Raises:
        StoreError: The file cannot be written.
    """
    try:
        soundfile.write(path, np.clip(audio, -1, 1), sample_rate, subtype="PCM_16", format="WAV")
    except soundfile.LibsndfileError as error:
        raise StoreError(
            f"{path} cannot be written ({error.error_string})", "Choose another place for it"
        ) from error
