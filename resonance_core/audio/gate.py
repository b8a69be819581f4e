"""The gate: whether audio that a model made can be listened to, and if not, why."""

import numpy as np
from numpy.typing import NDArray

from resonance_core.audio.descriptors import Descriptors
from resonance_core.config import CalibrateConfig

CLIPPED = 0.999
"""Of full scale: a sample above it is clipped."""
FRAME_S = 0.02
LONGEST_LOOP_FRAMES = 12
"""A loop of up to a quarter of a second is heard as one stuck sound."""
SAME_DB = 0.5
"""Spectra that differ by less, on average over the bands, are the same."""
MEL_BANDS = 64
RANGE_DB = 60.0


def faults(
    audio: NDArray[np.float32], described: Descriptors, sample_rate: int, config: CalibrateConfig
) -> list[str]:
    """Return what makes audio unusable; nothing where it is fine.

    The words are ``not finite``, ``quiet``, ``loud``, ``clipped``, ``noise`` and ``stuck``.

    Args:
        audio: Mono, ``[samples]``, full scale 1.
        described: Its descriptors.
        sample_rate: Hz.
        config: The limits.
    """
    if not np.isfinite(audio).all():
        return ["not finite"]
    found = {
        "quiet": described.rms < config.rms_low,
        "loud": described.rms > config.rms_high,
        "clipped": np.mean(np.abs(audio) >= CLIPPED) > config.clipped_high,
        "noise": described.spectral_flatness > config.flatness_high,
        "stuck": stuck_share(audio, sample_rate) > config.stuck_high,
    }
    return [fault for fault, is_there in found.items() if is_there]


def stuck_share(audio: NDArray[np.float32], sample_rate: int) -> float:
    """Return the share of the time, 0-1, in which a short loop or one sound goes on.

    That is where the spectrum is that of some moment in the last quarter of a second; shorter
    audio than that is never stuck.

    Args:
        audio: Mono, ``[samples]``.
        sample_rate: Hz.
    """
    import librosa

    mel = librosa.feature.melspectrogram(
        y=audio, sr=sample_rate, hop_length=round(FRAME_S * sample_rate), n_mels=MEL_BANDS
    )
    levels = librosa.power_to_db(mel, top_db=RANGE_DB)
    count = levels.shape[1]
    if count <= LONGEST_LOOP_FRAMES:
        return 0.0
    now = levels[:, LONGEST_LOOP_FRAMES:]
    differences = [
        np.abs(now - levels[:, LONGEST_LOOP_FRAMES - lag : count - lag]).mean(0)
        for lag in range(1, LONGEST_LOOP_FRAMES + 1)
    ]
    return float(np.mean(np.min(differences, axis=0) < SAME_DB))
