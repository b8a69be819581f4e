import numpy as np
import pytest
import soundfile

from resonance_core.audio.decode import transcode
from training.opus import BIT_RATE, write_opus


@pytest.mark.parametrize("sample_rate", [32000, 48000])
def test_audio_comes_back_in_place_and_at_its_length(tmp_path, sample_rate):
    seconds = np.arange(3 * sample_rate) / sample_rate
    chirp = 0.3 * np.sin(2 * np.pi * (200 + 300 * seconds) * seconds)
    written = (32767 * chirp).astype(np.int16)
    write_opus(tmp_path / "new" / "chirp.opus", written, sample_rate)
    facts = transcode(tmp_path / "new" / "chirp.opus", tmp_path / "chirp.flac", sample_rate)
    assert (facts.codec, facts.samples) == ("opus", len(written))
    heard = soundfile.read(tmp_path / "chirp.flac", dtype="int16")[0]
    assert np.corrcoef(written, heard)[0, 1] > 0.999


def test_music_takes_the_bit_rate_and_gives_the_same_bytes(canonical, tmp_path):
    music = soundfile.read(canonical, frames=20 * 32000, dtype="int16")[0]
    for name in ("one", "two"):
        write_opus(tmp_path / name, music, 32000)
    assert len((tmp_path / "one").read_bytes()) == pytest.approx(20 * BIT_RATE / 8, rel=0.05)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
