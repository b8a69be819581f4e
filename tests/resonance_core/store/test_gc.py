import multiprocessing
import os
import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from resonance_core.errors import ConfigError, StoreError
from resonance_core.keys import Stage
from resonance_core.store import open_activations
from resonance_core.store.creations import Creation, remove_creation, save_creation
from resonance_core.store.gc import collect_garbage, parse_age
from resonance_core.store.history import extend_history
from resonance_core.store.jobs import Job, list_jobs, running_job, save_job
from resonance_core.store.playlists import DirectionRef, PlaylistEntry, TrackReport, save_entry
from resonance_core.store.records import Record
from tests.activations import heard, write_tracks

DAY = timedelta(days=1)


def make(folder: Path) -> dict:
    (folder / "a.bin").write_bytes(b"x" * 100)
    return {}


def made(store, stage: str, value: int = 0, dataset: str | None = None) -> Record:
    return store.build(Stage(name=stage, version=1).request({"v": value}, {}, dataset), make).record


def aged(store, record: Record, age: timedelta) -> None:
    """Have a record say that it was made so long ago."""
    old = record.model_copy(update={"created_at": datetime.now(UTC) - age})
    (store.directory(record.request) / "record.json").write_text(old.model_dump_json())


def everything(store) -> set[str]:
    hidden = (".locks", ".staging")
    found = (path.relative_to(store.root) for path in store.root.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if path.parts[0] not in hidden}


def test_a_healthy_store_has_no_garbage(store):
    made(store, "transcode")
    made(store, "extract", dataset="activations/extraction=ab")
    store.write_whole("playlists/x.json", "{}")
    before = everything(store)
    assert collect_garbage(store) == []
    assert everything(store) == before


def test_what_nothing_can_use_is_removed_and_a_dry_run_only_lists_it(store):
    kept, cut, gone = (made(store, "transcode", value) for value in range(3))
    store.path(cut, "a.bin").write_bytes(b"x")
    store.path(gone, "a.bin").unlink()
    orphan = made(store, "extract", dataset="activations/extraction=ab")
    shutil.rmtree(store.directory(orphan.request))
    newer = made(store, "extract", 1, dataset="activations/extraction=ab")
    (store.directory(newer.request) / "record.json").write_text('{"of": "a newer version"}')
    half = store.root / ".staging" / ("f" * 64) / "files" / "half"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"x" * 7)
    before = everything(store)

    listed = collect_garbage(store, dry_run=True)
    assert everything(store) == before
    assert half.exists()
    by_path = {one.paths[0]: one for one in listed}
    assert len(by_path) == len(listed) == 4
    assert "cut short" in by_path[f"transcode/{cut.key}"].reason
    assert "missing" in by_path[f"transcode/{gone.key}"].reason
    found = by_path[f"activations/extraction=ab/{orphan.key}"]
    assert (found.bytes, found.reason) == (100, "no record names these files")
    assert by_path[f".staging/{'f' * 64}"].bytes == 7

    assert collect_garbage(store) == listed
    assert everything(store) == {
        f"transcode/{kept.key}/a.bin",
        f"transcode/{kept.key}/record.json",
        f"extract/{newer.key}/record.json",
        f"activations/extraction=ab/{newer.key}/a.bin",
    }
    assert not half.exists()
    assert collect_garbage(store) == []


def hold(root, began) -> None:
    """Be about to move files into place, for ever."""
    from resonance_core.store.store import Store

    with Store(root).locked("e" * 64):
        began.set()
        threading.Event().wait()


def test_what_is_being_made_is_left_alone(store):
    made(store, "transcode")
    folder = store.root / "activations" / "extraction=ab" / ("e" * 64)
    half = store.root / ".staging" / ("e" * 64)
    for path in (folder, half):
        path.mkdir(parents=True)
        (path / "a.bin").write_bytes(b"x")
    context = multiprocessing.get_context("fork")
    began = context.Event()
    process = context.Process(target=hold, args=(store.root, began))
    process.start()
    assert began.wait(20)
    try:
        assert collect_garbage(store) == []
    finally:
        process.kill()
        process.join()
    assert len(collect_garbage(store)) == 2
    assert not folder.exists()


def test_what_comes_into_place_meanwhile_stays(store, monkeypatch, tmp_path):
    made(store, "transcode")
    record = made(store, "extract", dataset="activations/extraction=ab")
    folder = store.directory(record.request)
    late, locked = folder.rename(tmp_path / "late"), store.locked

    def wait_for_the_record(work, timeout_s=-1):
        if late.exists():
            late.rename(folder)
        return locked(work, timeout_s)

    monkeypatch.setattr(store, "locked", wait_for_the_record)
    assert collect_garbage(store) == []
    assert not late.exists()
    assert store.find(record.request) == record


def test_results_of_a_stage_go_when_that_is_asked_for_and_no_playlist_names_them(store):
    old, new = made(store, "aggregate", 0), made(store, "aggregate", 1)
    before, today = made(store, "aggregate", 2), made(store, "aggregate", 3)
    other = made(store, "transcode")
    for record in (old, before, today, other):
        aged(store, record, 3 * DAY)
    for direction in (before, today):
        entry = PlaylistEntry(
            name="mine",
            source="folder",
            direction=DirectionRef(key=direction.key, path="-"),
            calibration="0" * 64,
            range=None,
            tracks=[TrackReport(title="one", status="completed", sha256=direction.key)],
        )
        save_entry(store, entry)
        extend_history(store, entry)
    assert collect_garbage(store) == []
    (listed,) = collect_garbage(store, "aggregate", DAY, dry_run=True)
    assert listed.paths == [f"aggregate/{old.key}"]
    assert store.find(old.request) is not None
    assert collect_garbage(store, "aggregate", DAY) == [listed]
    assert {record.key for record in store.records()} == {
        record.key for record in (new, before, today, other)
    }
    collect_garbage(store, "aggregate")
    assert {record.key for record in store.records()} == {before.key, today.key, other.key}
    with pytest.raises(ConfigError, match=r"'transcodes'. It holds aggregate, transcode"):
        collect_garbage(store, "transcodes")


def test_results_stay_while_a_run_may_be_about_to_use_them(store):
    record = made(store, "transcode")
    with running_job(store, Job(id="1", source="x", name=None)):
        assert collect_garbage(store) == []
        with pytest.raises(StoreError, match="the run 1 works"):
            collect_garbage(store, "transcode")
    save_job(store, Job(id="2", source="x", name=None, state="extracting"))  # killed
    (found,) = collect_garbage(store, "transcode")
    assert found.paths == [f"transcode/{record.key}"]
    assert {job.state for job in list_jobs(store)} == {"completed", "failed"}


def test_a_folder_that_is_no_store_is_left_as_it_is(store):
    foreign = store.root / "images" / ("c" * 64) / "layer.tar"
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(b"x")
    assert collect_garbage(store) == []
    assert foreign.exists()


def test_layer_files_go_when_their_activations_have_changed(store):
    made(store, "transcode")
    folder = store.root / "activations"
    write_tracks(folder, "ab12", {"a": heard(0)})
    open_activations(store.root).torch(2)
    assert [one.paths for one in collect_garbage(store)] == []
    write_tracks(folder, "ab12", {"b": heard(1)})
    open_activations(store.root).torch(2)
    (found,) = collect_garbage(store)
    assert found.reason == "made of activations that have changed since"
    assert found.bytes == 128 + 3 * 4 * 4
    assert len(list(folder.rglob("*.npy"))) == 1


def test_what_tells_of_a_removal_goes_when_it_is_old(store):
    made(store, "transcode")
    for name in ("old", "new", "kept"):
        store.write_whole(f"notes/deep/{name}.json", "{}")
    for name in ("old", "new"):
        store.remove_whole(f"notes/deep/{name}.json")
    for name, days in (("old", 31), ("new", 29), ("kept", 31)):
        then = (datetime.now(UTC) - days * DAY).timestamp()
        os.utime(store.root / f"notes/deep/{name}.json", (then, then))
    (listed,) = collect_garbage(store, dry_run=True)
    assert (listed.paths, listed.bytes) == (["notes/deep/old.json"], 0)
    assert listed.reason == "removed more than 30 days ago"
    assert collect_garbage(store) == [listed]
    names = {path.name for path in (store.root / "notes/deep").iterdir()}
    assert names == {"new.json", "kept.json"}


def test_ages_are_hours_days_or_weeks():
    assert [parse_age(text) for text in ("12h", "30d", "2w")] == [DAY / 2, 30 * DAY, 14 * DAY]
    for wrong in ("30", "d", "1.5d", "-1d", "3y", ""):
        with pytest.raises(ConfigError, match=r"is no age\. Write it as 12h, 30d or 8w"):
            parse_age(wrong)


def test_pieces_that_no_creation_needs_any_more_go_when_that_is_asked_for(store):
    piece, gone, before = (made(store, "generate", value) for value in range(3))
    kept = Creation(title="kept", piece=piece.key, request={"continues": before.key})
    removed = Creation(title="removed", piece=gone.key, request={})
    for creation in (kept, removed):
        save_creation(store, creation)
    remove_creation(store, removed)
    assert [one.paths for one in collect_garbage(store, "generate")] == [[f"generate/{gone.key}"]]
    assert {record.key for record in store.records()} == {piece.key, before.key}


def test_ages_beyond_all_time_are_refused():
    for wrong in ("99999999999w", "9999999d"):
        with pytest.raises(ConfigError, match="longer than time goes back"):
            parse_age(wrong)
