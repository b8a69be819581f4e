import librosa
import numpy as np
import pytest

from resonance_core.judge.spectrum import power_spectrogram


@pytest.mark.parametrize(("n_fft", "hop"), [(2048, 640), (8192, 3200)])
def test_it_is_the_power_of_librosas_stft(n_fft: int, hop: int) -> None:
    audio = np.random.default_rng(0).standard_normal(100_000).astype(np.float32)
    expected = np.abs(librosa.stft(audio, n_fft=n_fft, hop_length=hop)) ** 2
    found = power_spectrogram(audio, n_fft, hop)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6 * expected.max())
