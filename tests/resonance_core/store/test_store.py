import errno
import multiprocessing
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from resonance_core.errors import NotInStoreError, StoreError
from resonance_core.keys import Stage, StageRequest
from resonance_core.store import commit
from resonance_core.store.store import Store

STAGE = Stage(name="made", version=1)


def request(value: int = 0, dataset: str | None = None) -> StageRequest:
    return STAGE.request({"value": value}, {}, dataset)


def make(folder: Path) -> dict:
    (folder / "a.txt").write_text("content")
    return {"answer": 42}


def refuse(_folder: Path) -> dict:
    raise AssertionError("made again")


def test_what_is_made_once_is_found_again(store):
    made = store.build(request(), make)
    found = store.build(request(), refuse)
    assert (made.hit, found.hit) == (False, True)
    assert found.record == made.record
    assert found.record.info == {"answer": 42}
    assert store.path(found.record, "a.txt").read_text() == "content"
    assert (store.root / "made" / made.record.key / "record.json").is_file()


def test_a_moved_store_still_hits(store, tmp_path):
    store.build(request(), make)
    moved = Store(store.root.rename(tmp_path / "elsewhere"))
    assert moved.build(request(), refuse).hit


@pytest.mark.parametrize("damage", ["remove file", "truncate", "remove folder", "break record"])
def test_what_is_missing_or_damaged_is_made_again(store, damage):
    record = store.build(request(), make).record
    other = store.build(request(1), make).record
    file = store.path(record, "a.txt")
    if damage == "remove file":
        file.unlink()
    elif damage == "truncate":
        file.write_text("con")
    elif damage == "remove folder":
        for path in (file, file.parent / "record.json"):
            path.unlink()
        file.parent.rmdir()
    else:
        (file.parent / "record.json").write_text('{"key": ')
    assert store.find(request()) is None
    assert not store.build(request(), make).hit
    assert file.read_text() == "content"
    assert store.find(request(1)) == other


def test_a_failure_leaves_nothing(store):
    def fail(folder: Path) -> dict:
        make(folder)
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        store.build(request(), fail)
    assert list(store.records()) == []
    assert not any((store.root / ".staging").iterdir())
    assert not store.build(request(), make).hit


def test_leftovers_of_a_killed_process_are_no_part_of_the_result(store):
    left = store.root / ".staging" / request().key
    left.mkdir(parents=True)
    (left / "half.bin").write_bytes(b"x")
    assert set(store.build(request(), make).record.files) == {"a.txt"}


def test_the_files_of_a_data_set_lie_apart_from_the_records(store):
    wanted = request(dataset="sets/extraction=ab12")
    record = store.build(wanted, make).record
    file = store.root / "sets" / "extraction=ab12" / record.key / "a.txt"
    assert store.path(record, "a.txt") == file
    assert [path.name for path in (store.root / "sets").rglob("*.*")] == ["a.txt"]
    assert store.get(record.key) == record
    assert list(store.records()) == [record]
    assert store.build(wanted, refuse).hit
    file.unlink()
    assert not store.build(wanted, make).hit
    assert store.verify() == []


def test_threads_that_want_the_same_thing_make_it_once(store):
    made, barrier = [], threading.Barrier(8)

    def slow(folder: Path) -> dict:
        made.append(1)
        return make(folder)

    def work() -> None:
        barrier.wait()
        store.build(request(), slow)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def _hold_forever(root: Path, started) -> None:
    def hang(_folder: Path) -> dict:
        started.set()
        threading.Event().wait()
        return {}

    Store(root).build(request(), hang)


def test_a_killed_process_holds_nothing_up(store):
    context = multiprocessing.get_context("fork")
    started = context.Event()
    process = context.Process(target=_hold_forever, args=(store.root, started))
    process.start()
    assert started.wait(20)
    process.kill()
    process.join()
    assert not store.build(request(), make).hit
    assert store.verify() == []


def test_get_finds_by_the_start_of_a_key(store):
    record = store.build(request(), make).record
    assert store.get(record.key[:8]) == record
    with pytest.raises(StoreError, match=r"no keys in the store .* start with 'ffffff00'"):
        store.get("ffffff00")
    for wrong in ("abc", "../../etc", "*"):
        with pytest.raises(StoreError, match="is no key"):
            store.get(wrong)


def test_verify_names_what_differs(store):
    record = store.build(request(), make).record
    assert store.verify() == []
    store.path(record, "a.txt").write_text("CONTENT")  # same size, other bytes
    assert store.find(request()) == record
    (damage,) = store.verify()
    assert (damage.key, damage.stage) == (record.key, "made")
    assert damage.problem == "a.txt has other content than when it was written"


def test_a_full_disk_is_said_in_words(store):
    def full(_folder: Path) -> dict:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(StoreError, match=r"disk of the store .* is full. Free some space"):
        store.build(request(), full)
    assert store.verify() == []


def test_a_store_that_cannot_be_written_is_said_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be used"):
        Store(tmp_path / "file").build(request(), make)


def test_a_store_that_is_only_read_makes_nothing(store):
    reader = store.read_only()
    with pytest.raises(NotInStoreError, match="does not hold this made"):
        reader.build(request(), make)
    assert not store.root.exists()
    made = store.build(request(), make)
    found = reader.build(request(), make)
    assert found.hit
    assert found.record == made.record
    reader.path(found.record, "a.txt").write_text("x")
    with pytest.raises(NotInStoreError):
        reader.build(request(), make)


def test_small_files_are_read_and_listed_by_name(store):
    assert store.read_whole("notes/a.json") is None
    assert store.list_whole("notes") == []
    for name in ("notes/b.json", "notes/a.json", "notes/a.json"):
        store.write_whole(name, f"{name} ü")
    (store.root / "notes" / ".a.json.half").write_text("left by a process that was killed")
    assert store.list_whole("notes") == ["notes/a.json", "notes/b.json"]
    assert store.read_whole("notes/a.json") == "notes/a.json ü".encode()


def make_for_ever(root, began) -> None:
    def half(folder: Path) -> dict:
        (folder / "half").write_text("half")
        began.set()
        threading.Event().wait()
        return {}

    Store(root).build(request(), half)


def test_what_a_killed_process_left_is_swept_and_what_is_being_made_is_not(store):
    context = multiprocessing.get_context("spawn")
    began = context.Event()
    process = context.Process(target=make_for_ever, args=(store.root, began))
    process.start()
    began.wait()
    half = store.root / ".staging" / request().key / "files" / "half"
    store.sweep()
    assert half.exists()
    process.kill()
    process.join()
    store.sweep()
    assert list((store.root / ".staging").iterdir()) == []
    assert list((store.root / ".locks").iterdir()) == []


def test_of_a_small_file_that_was_removed_nothing_is_read_or_listed(store):
    store.write_whole("notes/kept.json", "{}")
    store.write_whole("notes/gone.json", '{"secret": 1}')
    store.remove_whole("notes/gone.json")
    store.remove_whole("notes/never.json")
    assert store.read_whole("notes/gone.json") is None
    assert store.list_whole("notes") == ["notes/kept.json"]
    assert not any(b"secret" in path.read_bytes() for path in store.root.rglob("*.json"))
    assert not (store.root / "notes/never.json").exists()
    store.write_whole("notes/gone.json", "{}")
    assert store.list_whole("notes") == ["notes/gone.json", "notes/kept.json"]


def test_of_a_small_file_that_is_forgotten_nothing_stays(store):
    store.write_whole("notes/gone.json", "{}")
    for _ in range(2):
        store.forget_whole("notes/gone.json")
        assert list((store.root / "notes").iterdir()) == []
    assert store.list_whole("notes") == store.list_whole("never") == []


def test_what_is_about_to_be_made_is_told_and_what_is_found_is_not(store):
    told = []
    teller = store.telling(told.append)
    assert not teller.build(request(), make).hit
    assert teller.build(request(), make).hit
    store.build(request(1), make)
    assert told == ["made"]


def test_what_vanishes_while_it_is_looked_for_is_not_there(store, monkeypatch):
    record = store.build(request(), make).record
    store.write_whole("notes/a.json", "{}")
    vanishing, is_file = {"a.json", "a.txt", "record.json"}, Path.is_file

    def vanish(path: Path) -> bool:
        found = is_file(path)
        if path.name in vanishing:
            path.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(Path, "is_file", vanish)
    read, stat = Path.read_bytes, Path.stat

    def gone(call):
        def after_another_removed_it(path: Path, *args, **kwargs):
            if path.name in vanishing:
                path.unlink(missing_ok=True)
            return call(path, *args, **kwargs)

        return after_another_removed_it

    monkeypatch.setattr(Path, "read_bytes", gone(read))
    assert store.read_whole("notes/a.json") is None
    monkeypatch.setattr(Path, "read_bytes", read)
    monkeypatch.setattr(Path, "stat", gone(stat))
    assert store.find(record.request) is None


def test_verify_names_a_file_that_the_disk_does_not_give_back(store, monkeypatch):
    record = store.build(request(), make).record

    def broken(_path: Path) -> str:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("resonance_core.store.store.sha256_file", broken)
    (damage,) = store.verify()
    assert (damage.key, damage.problem) == (
        record.key,
        "a.txt cannot be read (Input/output error)",
    )


def test_a_crash_between_files_and_record_leaves_no_record_of_other_files(store, monkeypatch):
    wanted = request(dataset="sets/extraction=ab12")
    record = store.build(wanted, make).record
    store.path(record, "a.txt").write_text("con")

    def make_otherwise(folder: Path) -> dict:
        (folder / "a.txt").write_text("CONTENT")
        return {}

    moved = commit.replace_folder

    def crash_at_the_record(folder: Path, target: Path) -> None:
        if target == store.directory(wanted):
            raise KeyboardInterrupt
        moved(folder, target)

    monkeypatch.setattr(commit, "replace_folder", crash_at_the_record)
    with pytest.raises(KeyboardInterrupt):
        store.build(wanted, make_otherwise)
    assert store.find(wanted) is None


def test_small_files_are_written_in_utf_8_whatever_the_locale(tmp_path):
    code = (
        "import sys; from pathlib import Path; from resonance_core.store.store import Store; "
        "Store(Path(sys.argv[1])).write_whole('notes/a.json', chr(0x97f3))"
    )
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    environment = {**os.environ, **plain, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", code, str(tmp_path)]
    subprocess.run(command, env=environment, check=True)
    assert Store(tmp_path).read_whole("notes/a.json") == chr(0x97F3).encode()


def test_the_small_files_of_a_store_are_found_without_a_look_into_its_artifacts(store):
    store.build(request(), lambda folder: (folder / "b.json").write_text("{}") and {})
    for name in ("notes/a.json", "notes/deep/b.json"):
        store.write_whole(name, "{}")
    assert sorted(store.small_files()) == ["notes/a.json", "notes/deep/b.json"]
