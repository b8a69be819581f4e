import json

import pytest

from resonance_core.errors import NotInStoreError, StoreError
from resonance_core.keys import Stage, StageRequest
from resonance_core.store.bucket import Bucket
from resonance_core.store.transfer import DamagedError

STAGE = Stage(name="made", version=1)


def request(value: int = 0, dataset: str | None = None) -> StageRequest:
    return STAGE.request({"value": value}, {}, dataset)


def make(folder):
    (folder / "a.txt").write_text("content")
    (folder / "b.txt").write_text("more")
    return {"answer": 42}


def refuse(_folder):
    raise AssertionError("made again")


def test_another_machine_finds_what_one_made_and_fetches_what_it_reads(machine, travelled):
    made = machine("one").build(request(), make)
    assert not made.hit
    del travelled[:]
    two = machine("two")
    found = two.build(request(), refuse)
    assert found.hit
    assert found.record == made.record
    assert travelled == []
    for _ in range(2):
        assert two.path(found.record, "a.txt").read_text() == "content"
    assert travelled == [f"made/{found.record.key}/a.txt"]


def test_the_bucket_is_laid_out_as_a_folder_is(machine, bucket, store):
    for one in (request(), request(1, dataset="sets/extraction=ab12")):
        store.build(one, make)
        machine("one").build(one, make)
    files = {path.relative_to(store.root).as_posix() for path in store.root.rglob("*.*")}
    assert set(bucket.objects()) == {name for name in files if not name.startswith(".")}


def test_the_local_folder_can_be_removed(machine):
    one = machine("one")
    record = one.build(request(), make).record
    one.root.rename(one.root.with_name("gone"))
    assert one.build(request(), refuse).record == record
    assert one.path(record, "b.txt").read_text() == "more"


def test_what_could_not_be_sent_is_sent_later_and_not_made_again(machine, bucket, monkeypatch):
    one, upload, calls = machine("one"), Bucket.upload, []

    def fail_once(self, path, name):
        calls.append(name)
        if len(calls) == 2:
            raise StoreError("the server died")
        upload(self, path, name)

    monkeypatch.setattr(Bucket, "upload", fail_once)
    with pytest.raises(StoreError, match="the server died"):
        one.build(request(), make)
    assert machine("two").find(request()) is None
    assert one.build(request(), refuse).hit
    assert machine("two").build(request(), refuse).hit
    folder = f"made/{request().key}"
    assert calls == [f"{folder}/{name}" for name in ("a.txt", "b.txt", "b.txt", "record.json")]
    assert not any(name.startswith(".leases") for name in bucket.objects())


def test_what_could_not_be_sent_and_is_damaged_is_made_again(machine, monkeypatch):
    def fail(self, path, name):
        raise StoreError("the server died")

    one = machine("one")
    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "upload", fail)
        with pytest.raises(StoreError):
            one.build(request(), make)
    (one.directory(request()) / "a.txt").write_text("CONTENT")
    record = one.build(request(), make).record
    assert machine("two").path(record, "a.txt").read_text() == "content"


@pytest.mark.parametrize(
    ("damage", "dataset"),
    [
        ("no file", "sets/extraction=ab12"),
        ("truncated", None),
        ("no record", "sets/extraction=ab12"),
        ("broken record", None),
    ],
)
def test_what_is_missing_or_damaged_is_made_again(machine, bucket, damage, dataset):
    wanted = request(0, dataset)
    machine("one").build(wanted, make)
    folder = "made" if dataset is None else dataset
    file, record = f"{folder}/{wanted.key}/a.txt", f"made/{wanted.key}/record.json"
    if damage == "no file":
        bucket.remove(file)
    elif damage == "truncated":
        bucket.put(file, b"con")
    elif damage == "no record":
        bucket.remove(record)
    else:
        bucket.put(record, b'{"key": ')
    two = machine("two")
    assert two.find(wanted) is None
    assert not two.build(wanted, make).hit
    three = machine("three")
    found = three.build(wanted, refuse).record
    assert three.path(found, "a.txt").read_text() == "content"


@pytest.mark.parametrize("damage", ["other content", "removed"])
def test_other_content_than_was_recorded_is_refused_and_made_again(machine, bucket, damage):
    machine("one").build(request(), make)
    two = machine("two")
    record = two.build(request(), refuse).record
    if damage == "removed":
        bucket.remove(f"made/{request().key}/a.txt")
    else:
        bucket.put(f"made/{request().key}/a.txt", b"CONTENT")
    with pytest.raises(DamagedError, match=r"a\.txt is not what its record says.*again"):
        two.path(record, "a.txt")
    assert not two._local.path(record, "a.txt").exists()
    again = two.build(request(), make)
    assert not again.hit
    assert two.path(again.record, "a.txt").read_text() == "content"
    assert machine("three").path(again.record, "a.txt").read_text() == "content"


def test_a_local_copy_of_what_was_made_anew_is_not_used(machine, bucket):
    def make_other(folder):
        make(folder)
        (folder / "a.txt").write_text("CONTENT")
        return {}

    one, two = machine("one"), machine("two")
    one.build(request(), make)
    bucket.remove(f"made/{request().key}/record.json")
    two.build(request(), make_other)
    record = one.build(request(), refuse).record
    assert one.path(record, "a.txt").read_text() == "CONTENT"


@pytest.mark.parametrize(
    "planted",
    [
        {"files": {"../../../planted": {"size": 1, "sha256": "0" * 64}}},
        {"files": {"/planted": {"size": 1, "sha256": "0" * 64}}},
        {"request": {"dataset": "../../planted"}},
        {"request": {"dataset": "/planted"}},
        {"request": {"stage": "../planted"}},
    ],
)
def test_a_record_that_leads_elsewhere_is_none(machine, bucket, planted):
    record = machine("one").build(request(), make).record
    values = record.model_dump(mode="json")
    values["request"] |= planted.get("request", {})
    values["files"] |= planted.get("files", {})
    named = f"made/{record.key}/record.json"
    bucket.put(named, json.dumps(values).encode())
    two = machine("two")
    assert two.find(request()) is None
    assert list(two.records()) == []
    with pytest.raises(NotInStoreError):
        two.get(record.key)
    (damage,) = two.verify()
    assert damage.problem.startswith("the record cannot be read")


def test_records_are_found_by_the_start_of_their_keys(machine):
    records = [machine("one").build(request(value), make).record for value in range(3)]
    two = machine("two")
    assert sorted(two.records(), key=lambda one: one.key) == sorted(
        records, key=lambda one: one.key
    )
    assert two.get(records[1].key[:10]) == records[1]
    with pytest.raises(
        NotInStoreError, match=r"no keys in the store s3://.* start with 'ffffff00'"
    ):
        two.get("ffffff00")


def test_verify_reads_what_the_bucket_holds(machine, bucket):
    one = machine("one")
    key = one.build(request(), make).record.key
    one.build(request(1), make)
    assert one.verify() == []
    bucket.put(f"made/{key}/a.txt", b"CONTENT")
    (damage,) = one.verify()
    assert (damage.key, damage.path) == (key, f"{bucket.url}/made/{key}")
    assert damage.problem == "a.txt has other content than when it was written"
    bucket.remove(f"made/{key}/a.txt")
    assert [damage.problem for damage in one.verify()] == ["a.txt is missing"]


def test_small_files_lie_in_the_bucket(machine):
    one, two = machine("one"), machine("two")
    assert one.read_whole("notes/a.json") is None
    for name in ("notes/b.json", "notes/a.json", "notes/deep/c.json"):
        one.write_whole(name, f"{name} ü")
    assert two.list_whole("notes") == ["notes/a.json", "notes/b.json"]
    assert two.read_whole("notes/a.json") == "notes/a.json ü".encode()
    one.remove_whole("notes/a.json")
    assert two.list_whole("notes") == ["notes/b.json"]
    assert two.read_whole("notes/a.json") is None
    for _ in range(2):
        one.forget_whole("notes/b.json")
        assert two.list_whole("notes") == []
    assert "notes/b.json" not in one.bucket.objects()


def test_a_store_that_is_only_read_makes_nothing(machine, bucket):
    reader = machine("two").read_only()
    with pytest.raises(NotInStoreError, match="does not hold this made"):
        reader.build(request(), refuse)
    assert bucket.objects() == {}
    machine("one").build(request(), make)
    assert reader.build(request(), refuse).hit


def test_a_failure_leaves_nothing(machine, bucket):
    def fail(folder):
        make(folder)
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        machine("one").build(request(), fail)
    assert bucket.objects() == {}


def test_a_check_leaves_nothing(machine, bucket):
    machine("one").check()
    assert bucket.objects() == {}
