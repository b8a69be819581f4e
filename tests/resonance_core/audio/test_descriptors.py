import json
from pathlib import Path

import numpy as np
import pytest

from resonance_core.audio.decode import transcode
from resonance_core.audio.descriptors import Descriptors, describe
from resonance_core.audio.read import read_windows

RATE = 32_000


def sine(frequency: float, amplitude: float, seconds: float = 10.0) -> np.ndarray:
    time = np.arange(round(RATE * seconds)) / RATE
    return (amplitude * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


def noise(amplitude: float, seconds: float = 10.0) -> np.ndarray:
    samples = np.random.default_rng(0).standard_normal(round(RATE * seconds))
    return (amplitude * samples).astype(np.float32)


def test_a_sine_has_its_known_numbers() -> None:
    found = describe(sine(1000, 0.5), RATE)
    assert found.rms == pytest.approx(0.5 * np.sqrt(0.5), rel=1e-3)
    assert found.peak == pytest.approx(0.5, rel=1e-3)
    # By definition a sine at 997 Hz and full scale in one channel has -3.01 LUFS.
    assert found.loudness_lufs == pytest.approx(-3.01 - 6.02, abs=0.2)
    assert found.spectral_centroid_hz == pytest.approx(1000, rel=0.01)
    assert found.spectral_flatness < 1e-3
    assert found.low_band_ratio < 1e-3


def test_white_noise_has_its_known_numbers() -> None:
    found = describe(noise(0.1), RATE)
    assert found.rms == pytest.approx(0.1, rel=0.01)
    assert found.spectral_flatness == pytest.approx(np.exp(-np.euler_gamma), abs=0.01)
    assert found.spectral_centroid_hz == pytest.approx(RATE / 4, rel=0.01)
    assert found.low_band_ratio == pytest.approx(250 / (RATE / 2), rel=0.05)
    assert found.chroma_entropy == pytest.approx(np.log2(12), abs=0.01)


def test_the_low_band_ends_at_250_hz() -> None:
    assert describe(sine(200, 0.5), RATE).low_band_ratio > 0.99
    assert describe(sine(300, 0.5), RATE).low_band_ratio < 0.01
    both = describe(sine(100, 0.3) + sine(2000, 0.3), RATE)
    assert both.low_band_ratio == pytest.approx(0.5, abs=0.01)


def test_clicks_have_their_tempo() -> None:
    audio = np.zeros(10 * RATE, dtype=np.float32)
    for start in range(0, len(audio), RATE // 2):
        audio[start : start + 200] = noise(0.3)[:200]
    assert describe(audio, RATE).tempo_bpm == pytest.approx(120, rel=0.02)


def test_one_note_has_less_chroma_entropy_than_a_cluster() -> None:
    note = describe(sine(440, 0.3), RATE).chroma_entropy
    cluster = sum(sine(440 * 2 ** (step / 12), 0.05) for step in range(12))
    assert note < 1.5 < 3.4 < describe(cluster, RATE).chroma_entropy


def test_silence_around_a_tone_does_not_look_like_noise() -> None:
    audio = np.concatenate([np.zeros(5 * RATE, dtype=np.float32), sine(1000, 0.5, 5)])
    found = describe(audio, RATE)
    assert found.spectral_flatness < 1e-3
    assert found.spectral_centroid_hz == pytest.approx(1000, rel=0.01)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "audio",
    [
        np.zeros(10 * RATE),
        np.zeros(0),
        np.ones(1),
        np.full(10 * RATE, 0.5),
        sine(440, 0.5, 0.2),
        noise(0.1, 0.01),
        np.clip(noise(5.0), -1, 1),
        noise(1e-5),
        sine(440, 4e-5),
        np.tile([1.0, -1.0], RATE),
    ],
    ids=[
        "silence",
        "empty",
        "sample",
        "dc",
        "short",
        "shorter",
        "clipped",
        "hiss",
        "faint",
        "nyquist",
    ],
)
def test_the_numbers_are_always_json(audio: np.ndarray) -> None:
    found = describe(audio.astype(np.float32), RATE)
    text = json.dumps(found.model_dump(), allow_nan=False)
    assert Descriptors.model_validate_json(text) == found
    assert 0 <= found.low_band_ratio <= 1
    assert 0 <= found.spectral_flatness <= 1
    assert 0 <= found.chroma_entropy <= np.log2(12) + 1e-6


def test_silence_has_no_loudness_and_no_tempo() -> None:
    found = describe(np.zeros(10 * RATE, dtype=np.float32), RATE)
    assert (found.rms, found.peak, found.loudness_lufs, found.tempo_bpm) == (0, 0, None, None)


def test_a_fifth_of_a_second_has_no_loudness_and_no_tempo() -> None:
    found = describe(sine(440, 0.5, 0.2), RATE)
    assert (found.loudness_lufs, found.tempo_bpm) == (None, None)
    assert found.rms == pytest.approx(0.3536, rel=1e-3)


def test_real_music_is_neither_noise_nor_silence(clips: list[Path], tmp_path: Path) -> None:
    for clip in clips[:3]:
        transcode(clip, tmp_path / "audio.flac", RATE)
        audio = read_windows(tmp_path / "audio.flac", [10 * RATE], 10 * RATE)
        found = describe(audio[0], RATE)
        assert found.loudness_lufs is not None
        assert found.tempo_bpm is not None
        assert -40 < found.loudness_lufs < 0
        assert 40 < found.tempo_bpm < 240
        assert found.spectral_flatness < 0.2
        assert 1 < found.chroma_entropy < np.log2(12)
