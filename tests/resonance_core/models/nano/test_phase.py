import math

import pytest
import torch

from resonance_core.models.nano.phase import (
    InverseSTFT,
    full_scale,
    griffin_lim,
    peak_advance_phase,
    stft,
)

N_FFT, HOP = 2048, 320


def test_the_inverse_undoes_the_transform(music):
    waveform = music[0, 0]
    spectrum = stft(waveform, N_FFT, HOP)
    assert spectrum.shape == (301, 1025)
    inverse = InverseSTFT(301, N_FFT, HOP, waveform.device)
    torch.testing.assert_close(inverse(spectrum), waveform, rtol=0, atol=1e-6)


def test_the_inverse_of_an_inconsistent_spectrum_is_torchs(music):
    spectrum = stft(music[0, 0], N_FFT, HOP) * torch.rand(301, 1025)
    expected = torch.istft(
        spectrum.T, N_FFT, HOP, window=torch.hann_window(N_FFT), length=HOP * 300
    )
    inverse = InverseSTFT(301, N_FFT, HOP, spectrum.device)
    torch.testing.assert_close(inverse(spectrum), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("frequency", [440.0, 3001.7])
def test_a_steady_tone_advances_by_its_own_frequency(frequency):
    tone = torch.sin(2 * torch.pi * frequency * torch.arange(32000) / 32000)
    magnitudes = stft(tone, N_FFT, HOP).abs() / full_scale(N_FFT)
    phase = peak_advance_phase(magnitudes, N_FFT, HOP)
    bin_ = round(frequency * N_FFT / 32000)
    advance = phase[11:90, bin_] - phase[10:89, bin_]
    expected = torch.full_like(advance, 2 * math.pi * frequency * HOP / 32000)
    torch.testing.assert_close(advance, expected, rtol=0, atol=0.1)
    neighbours = (phase[10:90, bin_ + 1] - phase[10:90, bin_]).abs()
    torch.testing.assert_close(neighbours, torch.full_like(neighbours, math.pi), rtol=0, atol=1e-2)


def test_true_magnitudes_come_back(music):
    for waveform in music[:, 0]:
        magnitudes = stft(waveform, N_FFT, HOP).abs() / full_scale(N_FFT)
        rebuilt = griffin_lim(magnitudes, N_FFT, HOP, 16)
        assert rebuilt.shape == waveform.shape
        again = stft(rebuilt, N_FFT, HOP).abs() / full_scale(N_FFT)
        assert (again - magnitudes).norm() / magnitudes.norm() < 0.2


def test_iterations_bring_the_spectrum_closer(music):
    magnitudes = stft(music[1, 0], N_FFT, HOP).abs() / full_scale(N_FFT)
    errors = []
    for iterations in (0, 4, 16):
        rebuilt = griffin_lim(magnitudes, N_FFT, HOP, iterations)
        again = stft(rebuilt, N_FFT, HOP).abs() / full_scale(N_FFT)
        errors.append((again - magnitudes).norm().item())
    assert errors == sorted(errors, reverse=True)
    assert errors[2] < 0.7 * errors[0]


def test_silence_stays_silent():
    assert not griffin_lim(torch.zeros(20, 1025), N_FFT, HOP, 16).any()
