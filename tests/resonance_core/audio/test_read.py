from pathlib import Path

import numpy as np
import pytest
import soundfile

from resonance_core.audio.decode import transcode
from resonance_core.audio.read import read_ahead, read_windows
from resonance_core.errors import TrackError

RATE = 32_000


def test_windows_are_read_where_they_start(clips: list[Path], tmp_path: Path) -> None:
    facts = transcode(clips[0], tmp_path / "audio.flac", RATE)
    whole, _ = soundfile.read(tmp_path / "audio.flac", dtype="float32")
    starts = [0, 8 * RATE, facts.samples - 10 * RATE]
    audio = read_windows(tmp_path / "audio.flac", starts, 10 * RATE)
    assert audio.shape == (3, 10 * RATE)
    assert audio.dtype == np.float32
    np.testing.assert_array_equal(audio[1], whole[8 * RATE : 18 * RATE])
    np.testing.assert_array_equal(audio[2], whole[-10 * RATE :])


def test_windows_of_a_damaged_file_are_refused(clips: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "audio.flac"
    facts = transcode(clips[0], path, RATE)
    with pytest.raises(TrackError, match="cannot be read"):
        read_windows(path, [facts.samples + 1], RATE)
    with pytest.raises(TrackError, match="ends within the 32000 samples"):
        read_windows(path, [facts.samples - 1], RATE)
    path.write_bytes(b"no audio")
    with pytest.raises(TrackError, match="made anew"):
        read_windows(path, [0], RATE)


def test_reading_ahead_gives_the_same_windows_in_order(canonical: Path) -> None:
    batches = [[0, RATE], [2 * RATE], [7 * RATE, 9 * RATE]]
    ahead = list(read_ahead(canonical, batches, RATE))
    assert len(ahead) == 3
    for audio, starts in zip(ahead, batches, strict=True):
        np.testing.assert_array_equal(audio, read_windows(canonical, starts, RATE))
    assert list(read_ahead(canonical, [], RATE)) == []


def test_reading_ahead_behind_the_end_is_refused(canonical: Path) -> None:
    with pytest.raises(TrackError, match="cannot be read"):
        list(read_ahead(canonical, [[0], [60 * RATE]], RATE))
