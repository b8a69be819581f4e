from pathlib import Path

import numpy as np
import pytest
import soundfile

from resonance_core.audio.chunk import windows
from resonance_core.audio.decode import transcode
from resonance_core.audio.read import read_windows
from resonance_core.audio.stream import stream_windows
from resonance_core.config import ChunkConfig
from resonance_core.errors import TrackError

RATE = 32_000


def stored(source: Path, config: ChunkConfig, folder: Path):
    """The windows and samples of a file by way of its canonical audio."""
    facts = transcode(source, folder / "audio.flac", RATE)
    table = windows(facts.samples, RATE, config)
    return table, read_windows(folder / "audio.flac", [w.start for w in table], table[0].samples)


@pytest.mark.parametrize(
    "config",
    [
        ChunkConfig(),
        ChunkConfig(length_s=3, hop_s=0.7),
        ChunkConfig(length_s=2, hop_s=9),
        ChunkConfig(length_s=500, hop_s=500),
    ],
)
def test_a_stream_gives_the_chunks_of_canonical_audio(clips, tmp_path, config):
    table, audio = stored(clips[0], config, tmp_path)
    streamed = list(stream_windows(clips[0], RATE, config))
    assert [window for window, _ in streamed] == table
    for (_, samples), expected in zip(streamed, audio, strict=True):
        assert samples.dtype == np.float32
        np.testing.assert_array_equal(samples, expected)


def test_another_rate_and_channels_are_streamed_alike(clips, tmp_path):
    samples, _ = soundfile.read(clips[1], frames=12 * 48_000)
    soundfile.write(tmp_path / "a.wav", samples, 44_100, subtype="FLOAT")
    table, audio = stored(tmp_path / "a.wav", ChunkConfig(length_s=4, hop_s=3), tmp_path)
    streamed = list(stream_windows(tmp_path / "a.wav", RATE, ChunkConfig(length_s=4, hop_s=3)))
    assert [window for window, _ in streamed] == table
    np.testing.assert_array_equal([samples for _, samples in streamed], audio)


def test_a_damaged_file_is_refused_after_its_last_window(clips, tmp_path):
    samples, rate = soundfile.read(clips[0], frames=20 * 48_000)
    soundfile.write(tmp_path / "a.mp3", samples, rate)
    data = bytearray((tmp_path / "a.mp3").read_bytes())
    noise = np.random.default_rng(0)
    for start in range(len(data) // 2, len(data) - 2000, 2000):
        data[start : start + 1500] = noise.bytes(1500)
    (tmp_path / "a.mp3").write_bytes(data)
    heard = []
    with pytest.raises(TrackError, match="is damaged"):
        heard += stream_windows(tmp_path / "a.mp3", RATE, ChunkConfig(length_s=2, hop_s=2))
    with pytest.raises(TrackError, match="is damaged"):
        transcode(tmp_path / "a.mp3", tmp_path / "audio.flac", RATE)


def test_less_than_a_second_is_no_track(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros(RATE // 2), RATE)
    with pytest.raises(TrackError, match=r"holds only 0\.500 s"):
        list(stream_windows(tmp_path / "a.wav", RATE, ChunkConfig()))
