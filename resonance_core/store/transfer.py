"""An artifact's files on their way to a bucket and from it."""

import functools
import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from resonance_core.errors import StoreError
from resonance_core.keys import sha256_file
from resonance_core.store.bucket import PART_BYTES, Bucket, Listed
from resonance_core.store.files import remove, sync_to_disk
from resonance_core.store.layout import (
    file_name,
    files_folder,
    names_of,
    record_folder,
    record_name,
)
from resonance_core.store.records import Record
from resonance_core.store.store import Store

_md5 = functools.partial(hashlib.md5, usedforsecurity=False)


class DamagedError(StoreError):
    """An object that is not what its record says."""


class Moved(BaseModel):
    """What travelled of something, if it had to."""

    model_config = ConfigDict(frozen=True)

    files: int = 0
    bytes: int = 0
    damaged: str = ""
    """Why nothing did, where that is the reason."""


def objects_of(bucket: Bucket, record: Record) -> dict[str, Listed]:
    """Return what a bucket holds of an artifact, by whole names."""
    folders = {record_folder(record.request), files_folder(record.request)}
    return {
        name: listed for folder in folders for name, listed in bucket.objects(f"{folder}/").items()
    }


def lacks(record: Record, objects: dict[str, Listed]) -> bool:
    """Say whether an artifact's file is missing among objects, or has another size."""
    sizes = {name: listed.size for name, listed in objects.items()}
    return any(
        sizes.get(file_name(record, name)) != file.size for name, file in record.files.items()
    )


def is_same(path: Path, listed: Listed | None) -> bool:
    """Say whether an object is known to hold what a file does, by its size and MD5."""
    if listed is None or listed.size != path.stat().st_size:
        return False
    with path.open("rb") as file:
        if "-" not in listed.etag:
            return listed.etag == hashlib.file_digest(file, _md5).hexdigest()
        # What was sent in parts is tagged with the MD5 of their MD5s, and how many there were.
        parts = [_md5(part).digest() for part in iter(lambda: file.read(PART_BYTES), b"")]
    return listed.etag == f"{_md5(b''.join(parts)).hexdigest()}-{len(parts)}"


def send_missing(bucket: Bucket, record: Record, root: Path) -> Moved:
    """Send those of an artifact's files that have not arrived, the record last.

    Args:
        bucket: Where to; nobody else sends this artifact there now.
        record: Which artifact.
        root: The folder of the store that holds it.
    """
    there = objects_of(bucket, record)
    named = record_name(record.request)
    missing = [name for name in names_of(record) if not is_same(root / name, there.get(name))]
    if missing and named in there:
        bucket.remove(named)  # it speaks of files that are about to be replaced
        missing = [*(name for name in missing if name != named), named]
    for name in missing:
        bucket.upload(root / name, name)
    return Moved(files=len(missing), bytes=sum((root / name).stat().st_size for name in missing))


def fetch(store: Store, bucket: Bucket, record: Record, name: str) -> None:
    """Fetch one of an artifact's files, and see that it is what the record says.

    Args:
        store: The folder that takes it, in which the artifact is locked.
        bucket: Where from.
        record: Which artifact.
        name: The file's name.

    Raises:
        DamagedError: It is not what the record says; nothing changes in the folder.
    """
    whole, aside = file_name(record, name), store.aside(record.request.key)
    remove(aside)  # left by a process that was killed
    aside.parent.mkdir(parents=True, exist_ok=True)
    try:
        if not bucket.download(whole, aside) or sha256_file(aside) != record.digest(name):
            raise DamagedError(
                f"{bucket.url}/{whole} is not what its record says",
                "Run the same command again: it is made anew",
            )
        sync_to_disk(aside)
        (store.root / whole).parent.mkdir(parents=True, exist_ok=True)
        aside.replace(store.root / whole)
    finally:
        remove(aside)
