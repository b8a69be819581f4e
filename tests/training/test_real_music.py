from pathlib import Path

import numpy as np
import pytest

from resonance_core.errors import ResonanceError
from training.real_music import PACKAGES, bundled, fetch, open_tracks

GUITAR_SONGS = "usr/share/games/fretsonfire/data/songs"


@pytest.fixture
def unpacked(clips, tmp_path) -> Path:
    """A folder with unpacked packages: one track of files, one of two stems, else nothing."""
    for package in PACKAGES:
        (tmp_path / "packages" / package).mkdir(parents=True)
    music = tmp_path / "packages" / "hyperrogue-music" / "usr/share/hyperrogue/music"
    song = tmp_path / "packages" / "fretsonfire-songs-sectoid" / GUITAR_SONGS / "sectoid/Feelings"
    for target, clip in (
        (music / "hr3-caves.ogg", clips[0]),
        (song / "song.ogg", clips[0]),
        (song / "guitar.ogg", clips[1]),
    ):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(clip.read_bytes())
    return tmp_path


def test_a_track_is_the_sum_of_its_stems(unpacked):
    fetch(unpacked)
    bundled(unpacked)
    song = np.load(unpacked / "train" / "hyperrogue-music-hr3-caves.npy").astype(float)
    guitar = np.load(unpacked / "train" / "awakening.npy").astype(float)
    both = np.load(unpacked / "test" / "fretsonfire-songs-sectoid-feelings.npy")
    assert both.dtype == np.int16
    length = min(len(song), len(guitar))
    total = song[:length] + guitar[:length]
    assert np.corrcoef(total, both[:length])[0, 1] > 0.9999
    assert np.abs(both).max() <= 32767


def test_what_is_there_is_left_as_it_is(unpacked):
    fetch(unpacked)
    track = unpacked / "train" / "hyperrogue-music-hr3-caves.npy"
    np.save(track, np.zeros(5, np.int16))
    fetch(unpacked)
    assert len(np.load(track)) == 5


def test_tracks_of_a_package_are_one_source(tmp_path):
    for name in ("hyperrogue-music-a", "hyperrogue-music-b", "singularity-music-c"):
        np.save(tmp_path / f"{name}.npy", np.zeros(3, np.int16))
    assert [len(source) for source in open_tracks(tmp_path)] == [2, 1]


def test_bundled_music_is_whole_and_split(tmp_path):
    bundled(tmp_path)
    assert {path.stem for path in (tmp_path / "test").iterdir()} == {"coherence", "inevitable"}
    assert len(list((tmp_path / "train").iterdir())) == 4
    audio = np.load(tmp_path / "test" / "coherence.npy")
    assert len(audio) == pytest.approx(45 * 32000, rel=0.01)


def test_a_machine_without_apt_is_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ResonanceError, match=r"no apt-get on this machine.*Use Debian or Ubuntu"):
        fetch(tmp_path)
    assert not list(tmp_path.glob("packages/*"))


def test_a_failed_download_is_told_with_its_reason(tmp_path, monkeypatch):
    apt = tmp_path / "bin" / "apt-get"
    apt.parent.mkdir()
    apt.write_text("#!/bin/sh\necho 'E: Unable to locate package' >&2\nexit 100\n")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(apt.parent))
    with pytest.raises(ResonanceError, match=r"Unable to locate package.*apt-get update"):
        fetch(tmp_path / "real")
