from datetime import UTC, datetime, timedelta

import pytest

from resonance_core.store import bucket_gc
from resonance_core.store.bucket import Bucket
from resonance_core.store.bucket_gc import collect_bucket_garbage

LATER = datetime.now(UTC) + timedelta(days=31)


class Later(datetime):
    """The clock in 31 days: no server lets an object be older than it is."""

    @classmethod
    def now(cls, tz=None):
        return LATER.astimezone(tz)


@pytest.fixture
def names(machine) -> list[str]:
    """What a bucket holds: two files that were removed, one that was not, and an artifact's."""
    one = machine("one")
    for name in ("notes/gone.json", "notes/deep/gone.json", "notes/kept.json"):
        one.write_whole(name, "{}")
    for name in ("notes/gone.json", "notes/deep/gone.json"):
        one.remove_whole(name)
    one.bucket.put(f"made/{'a' * 64}/empty.json", b"")
    return sorted(one.bucket.objects())


def test_what_tells_of_a_removal_stays_for_a_month(bucket, names):
    assert collect_bucket_garbage(bucket.url) == []
    assert sorted(bucket.objects()) == names


def test_what_tells_of_a_removal_goes_when_it_is_old(bucket, names, monkeypatch):
    monkeypatch.setattr(bucket_gc, "datetime", Later)
    listed = collect_bucket_garbage(bucket.url, dry_run=True)
    assert [one.paths for one in listed] == [["notes/deep/gone.json"], ["notes/gone.json"]]
    assert {(one.bytes, one.reason) for one in listed} == {(0, "removed more than 30 days ago")}
    assert sorted(bucket.objects()) == names
    assert collect_bucket_garbage(bucket.url) == listed
    assert sorted(bucket.objects()) == [f"made/{'a' * 64}/empty.json", "notes/kept.json"]
    assert collect_bucket_garbage(bucket.url) == []


def test_what_is_written_again_meanwhile_stays(bucket, names, monkeypatch):
    monkeypatch.setattr(bucket_gc, "datetime", Later)
    objects = Bucket.objects

    def write_first(self, prefix=""):
        if prefix:
            bucket.put("notes/gone.json", b"{}")
        return objects(self, prefix)

    monkeypatch.setattr(Bucket, "objects", write_first)
    assert [one.paths for one in collect_bucket_garbage(bucket.url)] == [["notes/deep/gone.json"]]
    assert bucket.get("notes/gone.json") == b"{}"
