"""A disk that is full or read-only ends a run in words; nothing that was finished is lost."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from resonance_core.config import DownloadConfig, PipelineConfig, RuntimeConfig
from resonance_core.errors import StoreError
from resonance_core.sources.local import list_path
from resonance_core.sources.playlist import TrackSource
from resonance_core.stages.aggregate import aggregate
from resonance_core.stages.chunk import chunk
from resonance_core.stages.download import download
from resonance_core.stages.extract import extract
from resonance_core.stages.generate import generate
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.stages.tracks import hear
from resonance_core.stages.transcode import transcode_track
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store
from tests.podcast import Podcast, serving
from tests.small_disk import SmallDisk, small_disk

BLOCK = 4096
CPU = RuntimeConfig(device="cpu")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as disk:
        yield disk


@pytest.fixture
def store(disk: SmallDisk) -> Store:
    return Store(disk.folder / "store")


@pytest.fixture
def folder(audio_concepts: Path) -> Path:
    """Two tracks of five seconds."""
    return audio_concepts.parent / "music" / "low"


@pytest.fixture
def podcast() -> Iterator[Podcast]:
    with serving() as podcast:
        yield podcast


def work(folder: Path, config: PipelineConfig, store: Store, seed: int = 1) -> list[Outcome]:
    """Hear two tracks and play a piece."""
    results = hear(list_path(folder, max_tracks=9).tracks, config, store, CPU)
    piece = generate(GenerationRequest(prompt="slow piano", seed=seed), config, store, CPU)
    return [*(outcome for result in results for outcome in result.outcomes), piece]


def keys(store: Store) -> set[str]:
    """Return what a store holds, after seeing that it is whole and that nothing is left over."""
    assert store.verify() == []
    assert list(store.root.glob(".staging/*")) == []
    return {record.key for record in store.records()}


def test_each_stage_says_that_the_disk_is_full_and_goes_on_with_more(
    disk, store, podcast, folder, quick
):
    full = f"the disk of the store {store.root} is full. Free some space and run again."

    def squeezed(stage: Callable[[], Outcome]) -> Record:
        """Let a stage have no space at all, then more and more."""
        free, held = 0, keys(store)
        while True:
            disk.leave(free)
            try:
                outcome = stage()
            except StoreError as error:
                problem = str(error)
            else:
                assert free > 0
                assert not outcome.hit
                assert keys(store) == held | {outcome.record.key}
                return outcome.record
            assert (problem, keys(store)) == (full, held)
            free = max(BLOCK, 8 * free)

    song = folder / "0.wav"
    url = podcast.answer("/song.wav", song.read_bytes())
    track = TrackSource(position=0, title="Song", url=url, duration_s=None)
    fetched = squeezed(lambda: download(track, DownloadConfig(), store))
    sha256 = fetched.info["sha256"]
    audio = squeezed(lambda: transcode_track(sha256, lambda: song, 32_000, store))
    windows = squeezed(lambda: chunk(audio, quick.chunk, store))
    heard = squeezed(lambda: extract(audio, windows, quick.model, quick.extract, store, CPU))
    squeezed(lambda: aggregate([heard], quick.aggregate, store))
    request = GenerationRequest(prompt="slow piano", seed=1)
    squeezed(lambda: generate(request, quick, store, CPU))
    disk.leave(0)
    with pytest.raises(StoreError, match=r"the disk of the store .* is full"):
        store.write_whole("playlists/mine.json", "{}")


@pytest.mark.parametrize("free", [0, BLOCK, 100 * 1024])
def test_a_full_disk_ends_the_run_and_is_no_tracks_fault(disk, store, folder, quick, free):
    disk.leave(free)
    with pytest.raises(StoreError, match=r"the disk of the store .* is full"):
        work(folder, quick, store)
    before = keys(store)
    disk.leave(10 * 2**20)
    outcomes = work(folder, quick, store)
    assert before == {outcome.record.key for outcome in outcomes if outcome.hit}


def test_a_disk_without_room_for_another_file_is_full(folder, quick, tmp_path):
    with small_disk(tmp_path / "disk", "size=16m,nr_inodes=12") as disk:
        store = Store(disk.folder / "store")
        with pytest.raises(StoreError, match=r"the disk of the store .* is full"):
            work(folder, quick, store)
        assert len(keys(store)) < 5


def test_a_read_only_store_serves_what_it_holds(disk, store, folder, quick):
    held = {outcome.record.key for outcome in work(folder, quick, store)}
    assert disk.mount("remount,ro") == ""
    assert all(outcome.hit for outcome in work(folder, quick, store))
    with pytest.raises(StoreError) as caught:
        work(folder, quick, store, seed=2)
    assert str(caught.value) == (
        f"the store {store.root} cannot be used (Read-only file system). "
        "Choose another with --store or RESONANCE_STORE."
    )
    with pytest.raises(StoreError, match=r"cannot be used \(Read-only file system\)"):
        store.write_whole("playlists/mine.json", "{}")
    assert keys(store) == held
    assert disk.mount("remount,rw") == ""
    assert not work(folder, quick, store, seed=2)[-1].hit


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write wherever it likes")
def test_a_store_that_one_may_only_read_serves_what_it_holds(folder, quick, tmp_path):
    store = Store(tmp_path / "store")
    held = {outcome.record.key for outcome in work(folder, quick, store)}
    folders = [store.root, *(path for path in store.root.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(0o555)
    try:
        assert all(outcome.hit for outcome in work(folder, quick, store))
        with pytest.raises(StoreError, match=r"cannot be written \(Permission denied\)"):
            work(folder, quick, store, seed=2)
        assert keys(store) == held
    finally:
        for path in folders:
            path.chmod(0o755)
