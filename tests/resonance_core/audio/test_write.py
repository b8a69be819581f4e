from pathlib import Path

import numpy as np
import soundfile

from resonance_core.audio.write import write_wav

RATE = 32_000


def test_samples_come_back_within_one_step(tmp_path: Path) -> None:
    audio = np.random.default_rng(0).uniform(-1, 1, (1, RATE)).astype(np.float32)
    write_wav(tmp_path / "a.wav", audio, RATE)
    back, rate = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert rate == RATE
    assert soundfile.info(tmp_path / "a.wav").subtype == "PCM_16"
    assert np.abs(back - audio[0]).max() <= 1 / 32768


def test_channels_stay_apart(tmp_path: Path) -> None:
    audio = np.stack([np.full(RATE, 0.5), np.zeros(RATE)]).astype(np.float32)
    write_wav(tmp_path / "a.wav", audio, RATE)
    back, _ = soundfile.read(tmp_path / "a.wav", dtype="float32")
    np.testing.assert_array_equal(back.T, audio)


def test_what_is_too_loud_is_clipped_and_never_wraps(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", np.array([[2, -2, 1, -1, 0]], dtype=np.float32), RATE)
    back, _ = soundfile.read(tmp_path / "a.wav", dtype="int16")
    assert back[[0, 2]].tolist() == [32767, 32767]
    assert back[[1, 3]].max() <= -32767
    assert back[4] == 0


def test_the_same_samples_give_the_same_bytes(tmp_path: Path) -> None:
    audio = np.linspace(-1, 1, RATE, dtype=np.float32)[None]
    write_wav(tmp_path / "a.wav", audio, RATE)
    write_wav(tmp_path / "b.wav", audio, RATE)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
