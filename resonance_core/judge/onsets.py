"""Rhythm of a clip: tempo, pulse clarity and repetition, from how the mel spectrogram rises."""

import librosa
import numpy as np
from numpy.typing import NDArray

FRAME_RATE = 50.0
"""Frames a second of every mel spectrogram here: one each 20 ms, as the codec's tokens."""
BEAT_LAGS = (14, 47)
"""Shortest and longest beat, in frames: 214 to 64 beats a minute."""
BPM_PRIOR, BPM_PRIOR_OCTAVES = 105, 0.9
"""Preferred tempo, and the width of the preference."""
METRE_BEATS = (0.25, 0.5, 0.75, 1, 1.5, 2, 4)
"""Note lengths after which rhythms may repeat."""
METRE_BANDS = 8
"""Mel bands of a register."""
REPETITION_S = (0.3, 3.0)

Array = NDArray[np.floating]


def autocorrelation(series: Array) -> Array:
    """Return the autocorrelation of a series without its mean, ``[values]``; 1 at lag 0."""
    found = librosa.autocorrelate(series - series.mean())
    return found / (found[0] + 1e-9)


def pulse(onset: Array, low_onset: Array) -> tuple[float, float]:
    """Return tempo and pulse clarity.

    The tempo is the beat period whose multiples stand out in the autocorrelation of the low
    band's onsets, with a broad preference for 105 beats a minute; half and double tempo are told
    apart by no more than that. Pulse clarity is the largest autocorrelation of the low band's
    onsets at a beat's lag, 14 to 47 frames: near 1 for exact repetition, 0.1 for noise.

    Args:
        onset: Onset strength of all bands, ``[frames]``.
        low_onset: Onset strength of the bands of kick drums, ``[frames]``.

    Returns:
        Beats a minute, and pulse clarity, 0-1.
    """
    low, full = autocorrelation(low_onset), autocorrelation(onset)
    shortest, longest = BEAT_LAGS
    period = np.geomspace(shortest, longest, 400)  # finer than frames: multiples tell more
    frames = np.arange(len(low))
    comb = (
        np.interp(period, frames, low)
        + 0.5 * np.interp(2 * period, frames, low)
        + 0.3 * np.interp(4 * period, frames, low)
        + 0.3 * np.interp(period, frames, full)
    )
    bpm = 60 * FRAME_RATE / period
    prior = np.exp(-0.5 * (np.log2(bpm / BPM_PRIOR) / BPM_PRIOR_OCTAVES) ** 2)
    return float(bpm[np.argmax(comb * prior)]), float(low[shortest : longest + 1].max())


def onset_rate(onset: Array) -> float:
    """Return onsets a second: peaks of the onset strength, ``[frames]``, that stand out."""
    peaks = librosa.util.localmax(onset) & (onset > onset.mean() + 0.8 * onset.std())
    return float(peaks.sum() / (len(onset) / FRAME_RATE))


def metre(flux: Array, tempo_bpm: float) -> Array:
    """Return how well each register's onsets repeat after note lengths of a sixteenth to a bar.

    Args:
        flux: How much every mel band rises, ``[bands, frames]``, dB.
        tempo_bpm: Beats a minute.

    Returns:
        Autocorrelations, ``[registers * note lengths]``.
    """
    lags = 60 * FRAME_RATE / tempo_bpm * np.array(METRE_BEATS)
    frames = np.arange(flux.shape[1])
    registers = flux.reshape(-1, METRE_BANDS, len(frames)).mean(axis=1)
    return np.concatenate(
        [np.interp(lags, frames, autocorrelation(register)) for register in registers]
    )


def repetition(mel_db: Array) -> float:
    """Return how well the clip repeats itself after some lag of 0.3 to 3 s.

    It is the largest autocorrelation of the whole mel spectrogram without its mean spectrum: 1
    for an exact loop, near 0 for noise and for a tone that only stands still. Lags go up to half
    of the clip.

    Args:
        mel_db: Mel spectrogram, ``[bands, frames]``, dB.
    """
    frames = mel_db.shape[1]
    by_lag = librosa.autocorrelate(mel_db - mel_db.mean(axis=1, keepdims=True), axis=1).sum(axis=0)
    shortest, longest = (round(seconds * FRAME_RATE) for seconds in REPETITION_S)
    lags = np.arange(shortest, min(longest, frames // 2) + 1)
    return float((by_lag[lags] * frames / (frames - lags)).max() / (by_lag[0] + 1e-9))
