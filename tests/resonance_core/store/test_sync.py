import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from resonance_core.errors import StoreError
from resonance_core.keys import Stage, sha256_file
from resonance_core.store.bucket import PART_BYTES, Bucket
from resonance_core.store.store import Store
from resonance_core.store.sync import Synced, pull, push

STAGE = Stage(name="made", version=1)
NOTHING = Synced(artifacts=0, there=0, small_files=0, files=0, bytes=0, damaged=[])


def request(value: int, dataset: str | None = None):
    return STAGE.request({"value": value}, {}, dataset)


def make(folder: Path) -> dict:
    (folder / "a.txt").write_text("content")
    return {}


@pytest.fixture
def other(tmp_path) -> Store:
    """The folder of another machine."""
    return Store(tmp_path / "other")


@pytest.fixture
def filled(store) -> Store:
    """A folder with two artifacts, one in a data set, and a small file."""
    store.build(request(0), make)
    store.build(request(1, "sets/extraction=ab12"), make)
    store.write_whole("playlists/evening.json", '{"ingested_at": "2026-01-01T00:00:00Z"}')
    return store


def content(store: Store) -> dict[str, str]:
    """Return the digests of all files of a store, by name."""
    paths = {path.relative_to(store.root): path for path in store.root.rglob("*.*")}
    return {
        name.as_posix(): sha256_file(path)
        for name, path in paths.items()
        if not any(part.startswith(".") for part in name.parts)  # rclone leaves what was half done
    }


def test_a_folder_travels_through_a_bucket(filled, other, bucket_url, travelled):
    sent = push(filled, bucket_url)
    assert (sent.artifacts, sent.there, sent.small_files, sent.files) == (2, 0, 1, 5)
    assert sent.bytes == sum((filled.root / name).stat().st_size for name in content(filled))
    assert pull(other, bucket_url) == sent
    assert content(other) == content(filled)
    assert other.verify() == []
    del travelled[:]
    for again in (push(filled, bucket_url), pull(other, bucket_url), push(other, bucket_url)):
        assert again == NOTHING.model_copy(update={"there": 2})
    assert travelled == []


def test_the_record_is_sent_last(filled, bucket_url, travelled):
    push(filled, bucket_url)
    key = request(1).key
    assert [name for name in travelled if key in name][-1] == f"made/{key}/record.json"


@pytest.mark.parametrize("damage", ["truncated", "other content", "no file", "no record"])
def test_what_is_damaged_in_the_bucket_is_replaced(filled, bucket, bucket_url, travelled, damage):
    push(filled, bucket_url)
    name = f"made/{request(0).key}/{'record.json' if damage == 'no record' else 'a.txt'}"
    if damage in ("truncated", "other content"):
        bucket.put(name, b"con" if damage == "truncated" else b"CONTENT")
    else:
        bucket.remove(name)
    del travelled[:]
    again = push(filled, bucket_url)
    assert (again.artifacts, again.there) == (1, 1)
    record = f"made/{request(0).key}/record.json"
    assert travelled == ([record] if damage == "no record" else [name, record])
    assert bucket.get(name) == (filled.root / name).read_bytes()


def test_what_is_damaged_in_the_folder_is_fetched_again(filled, other, bucket_url, travelled):
    push(filled, bucket_url)
    pull(other, bucket_url)
    file = other.path(other.get(request(0).key), "a.txt")
    file.write_text("CONTENT")
    del travelled[:]
    again = pull(other, bucket_url)
    assert (again.artifacts, again.there) == (1, 1)
    assert travelled == [f"made/{request(0).key}/a.txt"]
    assert content(other) == content(filled)


def test_what_is_damaged_on_this_side_does_not_travel(filled, other, bucket, bucket_url):
    filled.path(filled.get(request(0).key), "a.txt").write_text("CONTENT")
    sent = push(filled, bucket_url)
    assert sent.artifacts == 1
    assert sent.damaged == [
        f"{filled.address(f'made/{request(0).key}/record.json')}: "
        "a.txt has other content than when it was written"
    ]
    file = f"sets/extraction=ab12/{request(1).key}/a.txt"
    for damage in (lambda: bucket.put(file, b"CONTENT"), lambda: bucket.remove(file)):
        damage()
        fetched = pull(other, bucket_url)
        assert fetched.artifacts == 0
        assert "is not what its record says" in fetched.damaged[0]
        assert list(other.records()) == []


def test_what_was_made_apart_stays_as_it_is(filled, other, bucket_url):
    for value in (0, 1):
        other.build(request(value, "sets/extraction=ab12" if value else None), make)
    push(filled, bucket_url)
    before = content(other)
    assert push(other, bucket_url).there == 2
    assert pull(other, bucket_url).there == 2
    assert before.items() <= content(other).items()


def test_the_newer_of_two_small_files_is_kept(filled, other, bucket, bucket_url):
    name = "playlists/evening.json"
    later = '{"ingested_at": "2026-02-01T00:00:00Z"}'
    push(filled, bucket_url)
    other.write_whole(name, later)
    os.utime(other.root / name, times=(0, 0))  # what counts is when it was ingested
    assert pull(other, bucket_url).small_files == 0
    assert push(other, bucket_url).small_files == 1
    assert push(filled, bucket_url).small_files == 0
    assert pull(filled, bucket_url).small_files == 1
    assert filled.read_whole(name) == bucket.get(name) == later.encode()


def test_without_a_date_the_small_file_that_was_written_last_is_kept(store, other, bucket_url):
    name = "jobs/a.json"
    store.write_whole(name, '{"state": "queued"}')
    os.utime(store.root / name, times=(0, 0))
    push(store, bucket_url)
    pull(other, bucket_url)
    other.write_whole(name, '{"state": "done"}')
    later = (other.root / name).stat().st_mtime + 60
    os.utime(other.root / name, times=(later, later))
    assert pull(other, bucket_url).small_files == 0
    assert push(other, bucket_url).small_files == 1
    assert pull(store, bucket_url).small_files == 1
    assert store.read_whole(name) == b'{"state": "done"}'


@pytest.mark.parametrize("bucket_url", ["moto"], indirect=True)  # rclone takes no such names
def test_files_that_no_store_wrote_are_left_where_they_are(other, bucket, bucket_url):
    for name in ("/etc/a.json", "../a.json", ".hidden/a.json", "a.json", "notes/a.bin"):
        bucket.put(name, b"{}")
    bucket.put("notes/a.json", b"\xff")
    bucket.put(f"made/{'0' * 64}/record.json", b"{}")
    fetched = pull(other, bucket_url)
    assert (fetched.files, len(fetched.damaged)) == (0, 1)
    assert content(other) == {}


def test_tags_that_are_no_digests_are_not_taken_for_them(
    filled, bucket_url, monkeypatch, travelled
):
    objects = Bucket.objects

    def encrypted(self, prefix=""):
        found = objects(self, prefix)
        return {name: replace(listed, etag="0" * 32) for name, listed in found.items()}

    monkeypatch.setattr(Bucket, "objects", encrypted)
    push(filled, bucket_url)
    del travelled[:]
    assert push(filled, bucket_url) == NOTHING.model_copy(update={"there": 2})
    assert travelled == []


def test_large_files_travel_in_parts_and_are_known_again(store, other, bucket_url, travelled):
    parts = bytes(range(256)) * (2 * PART_BYTES // 256) + b"and some more"

    def make_large(folder: Path) -> dict:
        (folder / "large.bin").write_bytes(parts)
        return {}

    record = store.build(request(0), make_large).record
    push(store, bucket_url)
    del travelled[:]
    assert push(store, bucket_url).there == 1
    assert travelled == []
    pull(other, bucket_url)
    assert other.path(record, "large.bin").read_bytes() == parts


def test_a_push_to_a_server_that_was_killed_goes_on(
    store, clips, rclone, rclone_folder, rclone_url, monkeypatch, travelled
):
    def copy(clip: Path, folder: Path) -> dict:
        (folder / clip.name).write_bytes(clip.read_bytes())
        return {}

    for number, clip in enumerate(clips * 5):
        store.build(request(number), lambda folder, clip=clip: copy(clip, folder))
    upload, begun = Bucket.upload, []

    def upload_until_it_dies(self, path, name):
        begun.append(name)
        if len(begun) == 20:
            rclone.kill()
        upload(self, path, name)

    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "upload", upload_until_it_dies)
        with pytest.raises(StoreError, match=r"does not answer.*goes on where it was"):
            push(store, rclone_url)
    place = Store(rclone_folder / rclone_url.removeprefix("s3://"))
    arrived = content(place)
    assert 5 < len(arrived) < len(content(store))
    assert place.verify() == []  # no record came before its files
    rclone.start()
    del travelled[:]
    again = push(store, rclone_url)
    assert not arrived.keys() & set(travelled)
    assert again.files + len(arrived) == len(content(store))
    assert content(place) == content(store)
    assert place.verify() == []


@pytest.mark.parametrize("remover", ["filled", "other"])
def test_what_was_removed_on_one_side_does_not_come_back(filled, other, bucket_url, remover):
    name = "playlists/evening.json"
    push(filled, bucket_url)
    pull(other, bucket_url)
    removes, keeper = (filled, other) if remover == "filled" else (other, filled)
    removes.remove_whole(name)
    assert pull(removes, bucket_url).small_files == 0
    assert push(removes, bucket_url).small_files == 1
    assert push(keeper, bucket_url).small_files == 0
    assert pull(keeper, bucket_url).small_files == 1
    for store in (filled, other):
        assert store.read_whole(name) is None
        assert store.list_whole("playlists") == []


def test_of_what_was_removed_nothing_is_fetched_where_nothing_was(filled, other, bucket_url):
    name = "playlists/evening.json"
    push(filled, bucket_url)
    filled.remove_whole(name)
    push(filled, bucket_url)
    pull(other, bucket_url)
    assert not (other.root / name).exists()
    collected = filled.root / name
    collected.unlink()  # as `store gc` does when it is old
    assert pull(filled, bucket_url).small_files == push(filled, bucket_url).small_files == 0
    assert not collected.exists()


def test_what_was_made_anew_after_its_removal_is_kept(filled, other, bucket_url):
    name, anew = "playlists/evening.json", '{"ingested_at": "2026-03-01T00:00:00Z"}'
    push(filled, bucket_url)
    filled.remove_whole(name)
    push(filled, bucket_url)
    pull(other, bucket_url)
    time.sleep(1)  # the clock of a bucket counts whole seconds
    other.write_whole(name, anew)
    push(other, bucket_url)
    pull(filled, bucket_url)
    assert filled.read_whole(name) == anew.encode()
