import hashlib
import os
import shutil
from pathlib import Path

import pytest

from resonance_core.config import DownloadConfig
from resonance_core.errors import TrackError
from resonance_core.sources.playlist import TrackSource
from resonance_core.stages.download import download, original
from resonance_core.store.store import Store

CONFIG = DownloadConfig()


@pytest.fixture
def song(clips: list[Path], tmp_path: Path) -> Path:
    return Path(shutil.copy(clips[0], tmp_path / "song.opus"))


def track(path: Path) -> TrackSource:
    return TrackSource(position=0, title="Song", url=path.as_uri(), duration_s=None)


def test_file_is_recorded_where_it_lies(song: Path, store: Store) -> None:
    outcome = download(track(song), CONFIG, store)

    record = outcome.record
    assert not outcome.hit
    assert record.files == {}
    assert record.request.config == {}
    assert record.info == {
        "sha256": hashlib.sha256(song.read_bytes()).hexdigest(),
        "title": "Song",
        "bytes": song.stat().st_size,
    }
    assert original(store, record) == song
    assert store.verify() == []


def test_file_is_read_once(song: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = download(track(song), CONFIG, store)
    monkeypatch.setattr("resonance_core.stages.download.sha256_file", None)

    second = download(track(song), DownloadConfig(max_duration_s=1.0), store)

    assert second.hit
    assert second.record == first.record


def test_file_that_is_replaced_keeping_size_and_time_is_read_again(
    song: Path, store: Store
) -> None:
    download(track(song), CONFIG, store)
    times = song.stat()
    song.write_bytes(bytes(times.st_size))
    os.utime(song, ns=(times.st_atime_ns, times.st_mtime_ns))

    assert not download(track(song), CONFIG, store).hit


def test_changed_file_is_another_record_and_touched_one_the_same_audio(
    song: Path, clips: list[Path], store: Store
) -> None:
    first = download(track(song), CONFIG, store).record
    os.utime(song, ns=(0, 0))
    touched = download(track(song), CONFIG, store).record
    shutil.copy(clips[1], song)
    changed = download(track(song), CONFIG, store).record

    assert len({first.key, touched.key, changed.key}) == 3
    assert touched.info == first.info
    assert changed.info["sha256"] == hashlib.sha256(clips[1].read_bytes()).hexdigest()


def test_file_that_is_gone_empty_or_a_folder_is_refused(tmp_path: Path, store: Store) -> None:
    def refusal(path: Path) -> str:
        with pytest.raises(TrackError) as caught:
            download(track(path), CONFIG, store)
        return str(caught.value)

    empty = tmp_path / "empty.opus"
    empty.touch()
    gone = tmp_path / "gone.opus"
    folder = tmp_path / "folder.opus"
    folder.mkdir()

    assert refusal(empty) == f"{empty} is empty (0 bytes). Replace the file."
    assert refusal(gone) == (
        f"{gone} cannot be read (No such file or directory). See that the file is there."
    )
    assert refusal(folder) == (f"{folder} is not a file. List the folder again.")
    assert list(store.records()) == []
