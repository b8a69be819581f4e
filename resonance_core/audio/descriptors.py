"""A few numbers that say what audio sounds like, from one short-time Fourier transform."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

N_FFT = 2048
HOP = 512
LOW_BAND_HZ = 250.0
SILENCE = 2.0**-16
"""Half a step of 16 bits: a quieter peak is silence in every file we write."""
LOUDNESS_BLOCK_S = 0.4
MIN_TEMPO_S = 2.0
"""Four beats at 120 a minute: what is shorter has no tempo to speak of."""


class Descriptors(BaseModel):
    """What a piece of audio sounds like; 0 where silence has no value, None where it is absent."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)

    rms: float
    """Root mean square, full scale 1."""
    peak: float
    """Largest absolute sample, full scale 1."""
    loudness_lufs: float | None
    """Integrated loudness (ITU-R BS.1770), LUFS; None below 0.4 s and where all is gated out."""
    tempo_bpm: float | None
    """Beats a minute; None below 2 s and for silence. What has no beat gets an arbitrary one."""
    low_band_ratio: float
    """Share of the energy below 250 Hz, 0-1."""
    spectral_flatness: float
    """Mean over the frames that sound, 0-1: near 0 for a tone, 0.56 for white noise."""
    spectral_centroid_hz: float
    """Mean over the frames that sound, Hz."""
    chroma_entropy: float
    """Entropy of the mean chroma, bits: 0 for one pitch class, log2(12) = 3.58 for all alike."""


def mean_descriptors(described: Sequence[Descriptors]) -> Descriptors:
    """Return the mean of each descriptor over those pieces that have it."""
    found = {}
    for name in Descriptors.model_fields:
        values = [value for one in described if (value := getattr(one, name)) is not None]
        found[name] = float(np.mean(values)) if values else None
    return Descriptors.model_validate(found)


def describe(audio: NDArray[np.float32], sample_rate: int) -> Descriptors:
    """Measure audio.

    Args:
        audio: Finite mono samples, ``[samples]``, full scale 1.
        sample_rate: Hz.
    """
    import librosa  # seconds of import, which those who only decode need not wait for

    peak = float(np.abs(audio).max(initial=0.0))
    if peak < SILENCE:
        return Descriptors(
            rms=0.0,
            peak=peak,
            loudness_lufs=None,
            tempo_bpm=None,
            low_band_ratio=0.0,
            spectral_flatness=0.0,
            spectral_centroid_hz=0.0,
            chroma_entropy=0.0,
        )
    # librosa warns of audio shorter than one frame; silence around it changes nothing here.
    padded = np.pad(audio, (0, max(0, N_FFT - audio.size)))
    magnitude = np.abs(librosa.stft(padded, n_fft=N_FFT, hop_length=HOP))
    power = magnitude**2
    energy = power.sum(axis=0)
    sounding = energy > energy.max() * SILENCE**2
    spectrum = power.sum(axis=1)
    low = librosa.fft_frequencies(sr=sample_rate, n_fft=N_FFT) < LOW_BAND_HZ
    flatness = librosa.feature.spectral_flatness(S=magnitude[:, sounding])
    centroid = librosa.feature.spectral_centroid(S=magnitude[:, sounding], sr=sample_rate)
    return Descriptors(
        rms=float(np.sqrt(np.mean(np.square(audio, dtype=np.float64)))),
        peak=peak,
        loudness_lufs=_loudness(audio, sample_rate),
        tempo_bpm=_tempo(power, audio.size, sample_rate),
        low_band_ratio=float(spectrum[low].sum() / spectrum.sum()),
        spectral_flatness=float(flatness.mean()),
        spectral_centroid_hz=float(centroid.mean()),
        chroma_entropy=_chroma_entropy(power, sample_rate),
    )


def _loudness(audio: NDArray[np.float32], sample_rate: int) -> float | None:
    import pyloudnorm

    if audio.size < LOUDNESS_BLOCK_S * sample_rate:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        loudness = float(pyloudnorm.Meter(sample_rate).integrated_loudness(audio))
    return loudness if np.isfinite(loudness) else None


def _tempo(power: NDArray[np.float32], samples: int, sample_rate: int) -> float | None:
    import librosa

    if samples < MIN_TEMPO_S * sample_rate:
        return None
    mel = librosa.feature.melspectrogram(S=power, sr=sample_rate)
    onsets = librosa.onset.onset_strength(S=librosa.power_to_db(mel), sr=sample_rate)
    return float(librosa.feature.tempo(onset_envelope=onsets, sr=sample_rate, hop_length=HOP)[0])


def _chroma_entropy(power: NDArray[np.float32], sample_rate: int) -> float:
    import librosa

    # Concert pitch is assumed: estimating the tuning costs more than all the rest.
    chroma = librosa.feature.chroma_stft(S=power, sr=sample_rate, tuning=0.0).mean(axis=1)
    share = chroma[chroma > 0] / chroma.sum()
    return float(abs((share * np.log2(share)).sum()))
