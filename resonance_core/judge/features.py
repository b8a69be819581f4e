"""What a clip sounds like, measured by signal processing alone.

Nothing here knows the generator: no learned model, no tokens. A clip becomes a few named
measures, among them a direct one of every attribute, and a longer vector for probes to read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import librosa
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from resonance_core.judge import SAMPLE_RATE
from resonance_core.judge.onsets import (
    FRAME_RATE,
    autocorrelation,
    metre,
    onset_rate,
    pulse,
    repetition,
)
from resonance_core.judge.pitch import pitch
from resonance_core.judge.spectrum import power_spectrogram

DIRECT_MEASURES = {
    "energy": "rms_db",
    "tempo": "tempo_bpm",
    "bass": "bass_db",
    "harmony": "pitch_classes",
    "density": "onset_rate",
    "vocal": "formant_db",
    "tension": "dissonance",
}
"""The named measure that stands closest to each attribute."""
ATTRIBUTES = tuple(DIRECT_MEASURES)
"""What clips are labelled with, each at level 0 (low), 1 or 2 (high)."""

LEVEL = 0.1
"""RMS of levelled clips."""

N_FFT = 2048
HOP = round(SAMPLE_RATE / FRAME_RATE)
MEL_BANDS = 64
LOW_BANDS = 5
"""Mel bands below about 250 Hz, where kick drums and toms are."""
LOW_END_HZ = (60, 110)
RHYTHM_LAGS = slice(4, 60)
"""Frames: sixteenths of fast music to beats of slow music."""
MODULATION_HZ = ((0.5, 2), (2, 4), (4, 8), (8, 16))
MODULATION_BANDS = 8

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Features:
    """Measurements of one clip.

    Attributes:
        named: Measures by name.
        vector: What probes read, ``[features]``; as long for every clip.
    """

    named: dict[str, float]
    vector: NDArray[np.float64]


def measure(audio: Array) -> Features:
    """Measure a clip.

    The named measures are ``rms_db`` (dB of full scale), ``tempo_bpm``, ``pulse_clarity``,
    ``onset_rate`` (a second), ``repetition``, ``centroid_hz``, ``flatness`` (geometric by
    arithmetic mean of the power spectrum, 0-1), and those of `pitch`.

    Args:
        audio: Mono samples at 32 kHz, ``[samples]``, full scale 1; at least 4 s.
    """
    audio = np.asarray(audio, np.float32)
    power = power_spectrogram(audio, N_FFT, HOP) + np.float32(1e-10)
    mel_db = 10 * np.log10(_mel_filters() @ power + 1e-6)
    flux = np.maximum(0, np.diff(mel_db, axis=1))
    onset, low_onset = flux.mean(axis=0), flux[:LOW_BANDS].mean(axis=0)
    tempo_bpm, pulse_clarity = pulse(onset, low_onset)
    pitch_named, pitch_vector = pitch(audio)
    frequencies, spectrum = _frequencies(), power.sum(axis=1)
    named = {
        "rms_db": rms_db(audio),
        "tempo_bpm": tempo_bpm,
        "pulse_clarity": pulse_clarity,
        "onset_rate": onset_rate(onset),
        "repetition": repetition(mel_db),
        "centroid_hz": float(frequencies @ spectrum / spectrum.sum()),
        "flatness": float(librosa.feature.spectral_flatness(S=power, power=1.0).mean()),
        **pitch_named,
    }
    low_end = [spectrum[frequencies < hz].sum() / spectrum.sum() for hz in LOW_END_HZ]
    vector = np.concatenate(
        [
            _timbre(mel_db),
            _modulation(mel_db),
            metre(flux, tempo_bpm),
            autocorrelation(low_onset)[RHYTHM_LAGS],
            autocorrelation(onset)[RHYTHM_LAGS],
            [onset.mean(), onset.std(), named["onset_rate"], np.log(tempo_bpm)],
            [named["rms_db"], np.log(named["centroid_hz"])],
            10 * np.log10(np.array(low_end) + 1e-5),
            pitch_vector,
        ]
    )
    return Features(named, vector.astype(np.float64))


def levelled(audio: Array) -> Array:
    """Return a clip, ``[samples]``, at an RMS of `LEVEL`, so that loudness plays no part."""
    return audio * (LEVEL / max(np.sqrt(np.mean(audio**2)), 1e-6))


def rms_db(audio: Array) -> float:
    """Return the RMS of a clip, ``[samples]``, in dB of full scale; silence has -120."""
    return float(20 * np.log10(np.sqrt(np.mean(audio**2)) + 1e-6))


def named_measures(audio: Iterable[Array]) -> dict[str, Array]:
    """Return the named measures of clips, ``[clips]`` each; see `measure`."""
    found = [measure(clip).named for clip in audio]
    return {name: np.array([named[name] for named in found]) for name in found[0]}


def _timbre(mel_db: Array) -> Array:
    """Return mean, spread and movement of every band, and the spread of the cepstrum."""
    cepstrum = librosa.feature.mfcc(S=mel_db, n_mfcc=20)
    movement = np.abs(np.diff(mel_db, axis=1)).mean(axis=1)
    return np.concatenate([mel_db.mean(axis=1), mel_db.std(axis=1), movement, cepstrum.std(axis=1)])


def _modulation(mel_db: Array) -> Array:
    """Return how strongly each register swings at slow to fast rates, logarithmic."""
    swing = np.abs(np.fft.rfft(mel_db - mel_db.mean(axis=1, keepdims=True), axis=1))
    rate = np.fft.rfftfreq(mel_db.shape[1], 1 / FRAME_RATE)
    bands = [swing[:, (rate >= low) & (rate < high)].mean(axis=1) for low, high in MODULATION_HZ]
    by_band = np.log(np.stack(bands) + 1e-3)
    return by_band.reshape(len(bands), -1, MODULATION_BANDS).mean(axis=2).ravel()


def _frequencies() -> Array:
    return librosa.fft_frequencies(sr=SAMPLE_RATE, n_fft=N_FFT)


@cache
def _mel_filters() -> csr_array:
    # Sparse, as they are: a dense product wakes BLAS' threads, which takes longer than all else.
    filters = librosa.filters.mel(sr=SAMPLE_RATE, n_fft=N_FFT, n_mels=MEL_BANDS, fmin=30)
    return csr_array(filters)
