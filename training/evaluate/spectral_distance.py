"""How far two waveforms' magnitude spectra are apart, at several resolutions."""

from dataclasses import dataclass
from functools import cache

import librosa
import torch
from torch import Tensor

from resonance_core.models.nano.phase import full_scale, stft

SAMPLE_RATE = 32000
"""Hz."""
MEL_BANDS = {256: 32, 1024: 64, 4096: 128}
"""Mel bands by window of the log-mel distance, in samples."""
MEL_FLOOR = 3e-4
"""Added to a band's mean magnitude before the logarithm; a sinusoid of amplitude 1 has 1."""
STFT_WINDOWS = (512, 1024, 2048)
"""Windows of the multi-resolution STFT distance, in samples."""
MAGNITUDE_FLOOR = 1e-4


@dataclass(frozen=True)
class SpectralDistance:
    """Distances of decoded audio from the original, means over all clips."""

    log_mel_l1: float
    """Mean absolute difference of log mel magnitudes, in nepers, at three resolutions."""
    multi_resolution_stft: float
    """Spectral convergence plus mean absolute difference of log magnitudes (Yamamoto, Song and
    Kim 2020, Parallel WaveGAN)."""


@torch.no_grad()
def spectral_distance(decoded: Tensor, original: Tensor) -> SpectralDistance:
    """Compare waveforms, both ``[clips, samples]``, full scale 1, at 32 kHz."""
    return SpectralDistance(log_mel_l1(decoded, original).item(), _mr_stft(decoded, original))


def log_mel_l1(decoded: Tensor, original: Tensor) -> Tensor:
    """Return the log-mel distance of waveforms, both ``[clips, samples]``; it has a gradient."""
    distances = []
    for n_fft in MEL_BANDS:
        bands = mel_bands(n_fft, MEL_BANDS[n_fft]).T
        ours, theirs = (
            (_magnitudes(audio, n_fft) @ bands + MEL_FLOOR).log() for audio in (decoded, original)
        )
        distances.append((ours - theirs).abs().mean())
    return torch.stack(distances).mean()


def _mr_stft(decoded: Tensor, original: Tensor) -> float:
    distances = []
    for n_fft in STFT_WINDOWS:
        ours, theirs = _magnitudes(decoded, n_fft), _magnitudes(original, n_fft)
        difference = (ours - theirs).norm(dim=(1, 2))
        convergence = (difference / (theirs.norm(dim=(1, 2)) + 1e-3)).mean()
        logarithmic = (ours + MAGNITUDE_FLOOR).log() - (theirs + MAGNITUDE_FLOOR).log()
        distances.append(convergence + logarithmic.abs().mean())
    return torch.stack(distances).mean().item()


@cache
def mel_bands(n_fft: int, bands: int) -> Tensor:
    """Return weights that average magnitudes over mel bands, ``[bands, bins]``."""
    filters = torch.from_numpy(
        librosa.filters.mel(
            sr=SAMPLE_RATE,
            n_fft=n_fft,
            n_mels=bands,
            fmin=20,
            fmax=SAMPLE_RATE / 2,
            norm=None,
        )
    )
    return filters / (filters.sum(1, keepdim=True) + 1e-6)


def _magnitudes(audio: Tensor, n_fft: int) -> Tensor:
    spectrum = stft(audio, n_fft, n_fft // 4) / full_scale(n_fft)
    return (spectrum.abs().square() + 1e-9).sqrt()
