"""Pitch of a clip: its partials, its pitch classes and how they sound together."""

from functools import cache
from itertools import pairwise

import librosa
import numpy as np
from numpy.typing import NDArray

from resonance_core.judge import SAMPLE_RATE
from resonance_core.judge.spectrum import power_spectrogram

N_FFT = 8192
"""256 ms: long enough to tell semitones apart from 120 Hz on."""
HOP = 3200
PEAK_SHARE = 1e-4
"""Power of the weakest partial, as a share of the frame's strongest bin."""
PITCH_RANGE_HZ = (120, 3000)
OCTAVES_HZ = (60, 125, 250, 500, 1000, 2000, 4000, 8000)
BASS_OCTAVE = 0
FORMANT_OCTAVE = 3
"""500 to 1000 Hz, where voices that sing "ah" have their first formant."""

Array = NDArray[np.floating]


def pitch(audio: Array) -> tuple[dict[str, float], Array]:
    """Measure pitch, from the spectral peaks of ten windows a second.

    ``partials`` is the number of peaks a frame, ``pitch_classes`` how many are in use
    (exponential of the entropy of the mean chroma, 1-12) and ``chroma_entropy`` the same in
    bits. ``dissonance`` is how often pitch classes a semitone or a tritone apart sound at once,
    less how often those a major third or a fourth apart do. ``bass_db`` and ``formant_db`` are
    the mean levels of the partials of 60-125 and 500-1000 Hz, dB of all power.

    Args:
        audio: Mono samples at 32 kHz, ``[samples]``.

    Returns:
        The named measures, and more of their kind for probes, ``[features]``.
    """
    power = power_spectrogram(audio, N_FFT, HOP)
    frequencies = librosa.fft_frequencies(sr=SAMPLE_RATE, n_fft=N_FFT)
    octaves = _octaves(power, frequencies)
    pitched = slice(*np.searchsorted(frequencies, PITCH_RANGE_HZ))
    peaks = _peaks(power[pitched])
    # Not a matrix product: that wakes BLAS' threads, which takes longer than all else.
    chroma = np.sqrt(np.einsum("cb,bf->cf", _chroma_filters()[:, pitched], peaks) + 1e-12)
    chroma /= chroma.sum(axis=0)
    mean = chroma.mean(axis=1)
    intervals = _interval_classes(chroma) / (np.mean((chroma**2).sum(axis=0)) + 1e-9)
    dissonance = intervals[0] + intervals[5] - intervals[3] - intervals[4]
    partials = (peaks > 0).sum(axis=0)
    entropy = float(_entropy(mean))
    named = {
        "partials": float(partials.mean()),
        "pitch_classes": float(np.exp(entropy)),
        "chroma_entropy": float(entropy / np.log(2)),
        "dissonance": float(dissonance),
        "bass_db": float(octaves[BASS_OCTAVE, 0]),
        "formant_db": float(octaves[FORMANT_OCTAVE, 0]),
    }
    vector = np.concatenate(
        [
            [np.exp(entropy), np.exp(_entropy(chroma)).mean()],
            [np.abs(np.diff(chroma, axis=1)).sum(axis=0).mean()],
            [dissonance, partials.mean(), partials.std()],
            intervals,
            _interval_classes(mean[:, None]) / (mean @ mean + 1e-9),
            np.sort(mean)[::-1],
            octaves.ravel(),
        ]
    )
    return named, vector


def _peaks(power: Array) -> Array:
    """Return the power of spectral peaks, and 0 between them, ``[bins, frames]``."""
    peak = power > PEAK_SHARE * power.max(axis=0)
    peak[1:] &= power[1:] > power[:-1]
    peak[:-1] &= power[:-1] >= power[1:]
    return np.where(peak, power, 0)


def _octaves(power: Array, frequencies: Array) -> Array:
    """Return how loud each octave's partials are, how many they are, and how both change.

    Returns:
        ``[octaves, 6]``: mean, spread and change of the level (dB of all power), then of the
        number.
    """
    peaks, total = _peaks(power), power.sum(axis=0) + 1e-9
    edges = np.searchsorted(frequencies, OCTAVES_HZ)
    octaves = [slice(low, high) for low, high in pairwise(edges)]
    level = 10 * np.log10([peaks[octave].sum(axis=0) / total + 1e-5 for octave in octaves])
    number = np.array([np.count_nonzero(peaks[octave], axis=0) for octave in octaves])
    summaries = [
        (series.mean(axis=1), series.std(axis=1), np.abs(np.diff(series)).mean(axis=1))
        for series in (level, number)
    ]
    return np.concatenate(summaries).T


def _interval_classes(chroma: Array) -> Array:
    """Return how often pitch classes 1 to 6 semitones apart sound at once, ``[6]``."""
    return np.array(
        [np.mean((chroma * np.roll(chroma, k, axis=0)).sum(axis=0)) for k in range(1, 7)]
    )


def _entropy(shares: Array) -> Array:
    """Return the entropy over the first axis, nats."""
    return -(shares * np.log(shares + 1e-9)).sum(axis=0)


@cache
def _chroma_filters() -> Array:
    # Centred on 370 Hz, where chords lie; no tuning, for all instruments are in tune.
    return librosa.filters.chroma(sr=SAMPLE_RATE, n_fft=N_FFT, tuning=0, ctroct=4.5, octwidth=1.5)
