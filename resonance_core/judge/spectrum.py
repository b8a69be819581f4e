"""The spectrogram that all measurements start from."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.signal.windows import hann

BLOCK = 2**16
"""Samples that are transformed at a time: they stay in the processor's cache."""


def power_spectrogram(audio: NDArray[np.float32], n_fft: int, hop: int) -> NDArray[np.float32]:
    """Return the power of a centred, Hann-windowed STFT, ``[bins, frames]``.

    It is that of ``librosa.stft`` but for rounding, in about half of the time: in single
    precision, and with frames in memory as the FFT reads and writes them.

    Args:
        audio: ``[samples]``.
        n_fft: Samples of a window.
        hop: Samples from one window to the next.
    """
    padded = np.pad(audio, n_fft // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]
    power = np.empty((len(frames), n_fft // 2 + 1), np.float32)
    step = BLOCK // n_fft
    for start in range(0, len(frames), step):
        rows = slice(start, start + step)
        spectrum = rfft(frames[rows] * _window(n_fft))
        np.add(spectrum.real**2, spectrum.imag**2, out=power[rows])
    return power.T


@cache
def _window(n_fft: int) -> NDArray[np.float32]:
    return hann(n_fft, sym=False).astype(np.float32)
