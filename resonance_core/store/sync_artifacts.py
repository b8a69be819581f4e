"""Artifacts, from a store's folder to a bucket and back.

An artifact is known by its key, which says what it was made from. One that is whole on the other
side stays as it is there, even if it was made apart; one that is missing, truncated or not what
its record says is sent. The record comes last, so that a reader never sees half an artifact, and
what was cut off goes on with the files that have not arrived.
"""

from pathlib import Path

from resonance_core.keys import sha256_file
from resonance_core.store.bucket import Bucket, Listed
from resonance_core.store.files import remove
from resonance_core.store.layout import file_name, names_of, parse_record, record_name
from resonance_core.store.lease import leased, owner_of
from resonance_core.store.records import Record
from resonance_core.store.store import Store
from resonance_core.store.transfer import (
    DamagedError,
    Moved,
    fetch,
    is_same,
    lacks,
    objects_of,
    send_missing,
)


def push_artifact(store: Store, bucket: Bucket, there: dict[str, Listed], name: str) -> Moved:
    """Send an artifact of a folder to a bucket, unless it is there.

    Args:
        store: The folder.
        bucket: The bucket.
        there: What it holds.
        name: The name of the artifact's record.
    """
    damages, record = store.damages(name), store.record_at(name)
    if damages or record is None:
        return Moved(damaged=f"{store.address(name)}: {damages[0].problem}")
    if _is_there(record, store.root, bucket, there):
        return Moved()
    key = record.request.key
    with store.locked(key), leased(bucket, key, owner_of(store.root)):
        # Another machine may have sent it meanwhile.
        if _is_there(record, store.root, bucket, objects_of(bucket, record)):
            return Moved()
        return send_missing(bucket, record, store.root)


def _is_there(record: Record, root: Path, bucket: Bucket, there: dict[str, Listed]) -> bool:
    """Say whether a bucket holds an artifact whole: this one, or one of its key made apart."""
    named = record_name(record.request)
    if all(is_same(root / name, there.get(name)) for name in names_of(record)):
        return True
    if named not in there:
        return False
    other = parse_record(named, bucket.get(named))
    if other is None or lacks(other, there):
        return False
    # This very record, but a file's tag differs: it is another file, or tags are no digests here.
    return other != record or not is_same(root / named, there[named])


def pull_artifact(store: Store, bucket: Bucket, name: str) -> Moved:
    """Fetch an artifact of a bucket to a folder, unless it is there.

    Args:
        store: The folder.
        bucket: The bucket.
        name: The name of the artifact's record.
    """
    if store.record_at(name) is not None and not store.damages(name):
        return Moved()
    held = bucket.get(name)
    record = parse_record(name, held)
    if held is None or record is None:
        return Moved(damaged=f"{bucket.url}/{name}: it cannot be read, or belongs elsewhere")
    with store.locked(record.request.key):
        try:
            return _fetch_missing(store, bucket, record, held.decode())
        except DamagedError as error:
            return Moved(damaged=error.problem)


def _fetch_missing(store: Store, bucket: Bucket, record: Record, text: str) -> Moved:
    named = record_name(record.request)
    if store.record_at(named) != record:
        remove(store.root / named)  # it speaks of files that are about to be replaced
    sizes = []
    for name, file in record.files.items():
        target = store.root / file_name(record, name)
        if not target.is_file() or sha256_file(target) != file.sha256:
            fetch(store, bucket, record, name)
            sizes.append(file.size)
    store.write_whole(named, text)
    return Moved(files=len(sizes) + 1, bytes=sum(sizes) + len(text.encode()))
