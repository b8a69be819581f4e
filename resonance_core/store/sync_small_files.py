"""Small files, such as playlists' entries, from a store's folder to a bucket and back.

They change. Where both sides have one, the newer is kept: the one with the later ``ingested_at``,
or where that does not tell, the one that was written later, by the clocks of this machine and of
the bucket.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ValidationError

from resonance_core.store.bucket import Bucket, Listed
from resonance_core.store.store import Store
from resonance_core.store.transfer import Moved, is_same


def push_small_file(store: Store, bucket: Bucket, there: dict[str, Listed], name: str) -> Moved:
    """Send a small file of a folder to a bucket, unless that has it or a newer one.

    Args:
        store: The folder.
        bucket: The bucket.
        there: What it holds.
        name: The file's.
    """
    path, listed = store.root / name, there.get(name)
    ours = path.read_bytes()
    if listed is not None:
        theirs = None if is_same(path, listed) else bucket.get(name)
        if theirs is None or _age(theirs, listed.modified) >= _age(ours, _written(path)):
            return Moved()
    bucket.put(name, ours)
    return Moved(files=1, bytes=len(ours))


def pull_small_file(store: Store, bucket: Bucket, there: dict[str, Listed], name: str) -> Moved:
    """Fetch a small file of a bucket to a folder, unless that has it or a newer one.

    Args:
        store: The folder.
        bucket: The bucket.
        there: What it holds.
        name: The file's.
    """
    path, listed = store.root / name, there[name]
    is_here = path.is_file()
    theirs = None if is_here and is_same(path, listed) else bucket.get(name)
    if theirs is None:
        return Moved()
    if is_here and _age(path.read_bytes(), _written(path)) >= _age(theirs, listed.modified):
        return Moved()
    try:
        store.write_whole(name, theirs.decode())
    except UnicodeDecodeError:
        return Moved()  # no store wrote this
    # It counts as written when it was: that is what it will be compared by.
    os.utime(path, times=(listed.modified.timestamp(), listed.modified.timestamp()))
    return Moved(files=1, bytes=len(theirs))


class _Dated(BaseModel):
    ingested_at: AwareDatetime = datetime.min.replace(tzinfo=UTC)


def _age(content: bytes, written: datetime) -> tuple[datetime, datetime]:
    """Return what is compared of a file: when it was ingested, and when it was written."""
    try:
        return _Dated.model_validate_json(content).ingested_at, written
    except ValidationError:
        return _Dated().ingested_at, written


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
