"""Small files, such as playlists' entries, from a store's folder to a bucket and back.

They change. Where both sides have one, the newer is kept: the one with the later ``ingested_at``,
or where that does not tell, the one that was written later, by the clocks of this machine and of
the bucket. One that was removed is an empty file, which is kept or replaced by the same rule.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Self

from pydantic import AwareDatetime, BaseModel, ValidationError

from resonance_core.store.bucket import Bucket, Listed
from resonance_core.store.store import Store
from resonance_core.store.transfer import Moved, is_same


class Version(NamedTuple):
    """What one side has."""

    content: bytes
    written: datetime

    @classmethod
    def in_folder(cls, path: Path) -> Self:
        """Return that of a folder."""
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return cls(path.read_bytes(), written)

    def replaces(self, other: "Version") -> bool:
        """Say whether it is another than the other one, and newer."""
        if not (self.content and other.content):  # a removal tells only when it was
            when, before = (int(one.written.timestamp()) for one in (self, other))
            # Buckets count whole seconds; within one, what was there was removed.
            return when > before or (when == before and other.content > self.content)
        ages = [(_ingested_at(one.content), one.written) for one in (self, other)]
        return self.content != other.content and ages[0] > ages[1]


def push_small_file(store: Store, bucket: Bucket, there: dict[str, Listed], name: str) -> Moved:
    """Send a small file of a folder to a bucket, unless that has it or a newer one.

    Args:
        store: The folder.
        bucket: The bucket.
        there: What it holds.
        name: The file's.
    """
    path, listed = store.root / name, there.get(name)
    try:
        if is_same(path, listed):
            return Moved()
        ours = Version.in_folder(path)
    except FileNotFoundError:  # forgotten since it was listed
        return Moved()
    if listed is not None and (held := bucket.get(name)) is not None:
        theirs = Version(held, listed.modified)
        if not ours.replaces(theirs):
            return Moved()
    bucket.put(name, ours.content)
    return Moved(files=1, bytes=len(ours.content))


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
    if not (is_here or listed.size):
        return Moved()  # it was removed there, and is not here either
    if (is_here and is_same(path, listed)) or (held := bucket.get(name)) is None:
        return Moved()
    if is_here and not Version(held, listed.modified).replaces(Version.in_folder(path)):
        return Moved()
    try:
        store.write_whole(name, held.decode())
    except UnicodeDecodeError:
        return Moved()  # no store wrote this
    # It counts as written when it was: that is what it will be compared by.
    os.utime(path, times=(listed.modified.timestamp(), listed.modified.timestamp()))
    return Moved(files=1, bytes=len(held))


class _Dated(BaseModel):
    ingested_at: AwareDatetime = datetime.min.replace(tzinfo=UTC)


def _ingested_at(content: bytes) -> datetime:
    try:
        return _Dated.model_validate_json(content).ingested_at
    except ValidationError:
        return _Dated().ingested_at
