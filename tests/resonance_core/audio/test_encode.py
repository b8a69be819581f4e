from pathlib import Path

import av
import numpy as np
import pytest

from resonance_core.audio.encode import encode
from resonance_core.audio.write import write_wav

RATE = 32_000


@pytest.mark.parametrize("form", ["flac", "mp3", "opus"])
@pytest.mark.parametrize("channels", [1, 2])
def test_each_channel_keeps_its_sound(tmp_path: Path, form, channels) -> None:
    times = np.arange(RATE) / RATE
    tones = [0.5 * np.sin(2 * np.pi * pitch * times) for pitch in (440, 1000)[:channels]]
    write_wav(tmp_path / "a.wav", np.array(tones, np.float32), RATE)
    encode(tmp_path / "a.wav", tmp_path / f"a.{form}", form)
    with av.open(str(tmp_path / f"a.{form}")) as file:
        frames = list(file.decode(audio=0))
    rate = frames[0].sample_rate
    planar = av.AudioResampler("fltp")
    sound = np.concatenate([one.to_ndarray() for f in frames for one in planar.resample(f)], 1)
    assert sound.shape[0] == channels
    assert sound.shape[1] / rate == pytest.approx(1.0, abs=0.1)
    middle = sound[:, rate // 4 : rate // 4 + rate // 2]
    loudest = np.abs(np.fft.rfft(middle)).argmax(1) * rate / middle.shape[1]
    np.testing.assert_allclose(loudest, [440, 1000][:channels], atol=4)


def test_fewer_bits_make_a_smaller_file(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (1, 4 * RATE)).astype(np.float32)
    write_wav(tmp_path / "a.wav", noise, RATE)
    encode(tmp_path / "a.wav", tmp_path / "a.mp3", "mp3", 64_000)
    assert (tmp_path / "a.mp3").stat().st_size == pytest.approx(4 * 64_000 / 8, rel=0.1)
