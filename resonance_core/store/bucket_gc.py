"""What a bucket can do without: old tombstones, by which syncs knew what was removed."""

from datetime import UTC, datetime

from resonance_core.store.bucket import Bucket, Listed, open_bucket
from resonance_core.store.gc import Garbage
from resonance_core.store.layout import is_small_file
from resonance_core.store.tombstones import KEPT, REASON


def collect_bucket_garbage(url: str, dry_run: bool = False) -> list[Garbage]:
    """Remove from a bucket the empty files of what was removed long ago, and return their names.

    Args:
        url: ``s3://bucket/prefix``; others may work on it meanwhile.
        dry_run: Remove nothing.

    Raises:
        ConfigError: There is no such bucket, or no credentials that it takes.
        StoreError: It does not answer.
    """
    bucket = open_bucket(url)
    found = sorted(name for name, listed in bucket.objects().items() if _is_old(name, listed))
    removed = [name for name in found if dry_run or _remove(bucket, name)]
    return [Garbage(paths=[name], bytes=0, reason=REASON) for name in removed]


def _remove(bucket: Bucket, name: str) -> bool:
    """Remove a tombstone, unless it has been written again since it was listed."""
    listed = bucket.objects(name).get(name)
    if listed is None or not _is_old(name, listed):
        return False
    bucket.remove(name)
    return True


def _is_old(name: str, listed: Listed) -> bool:
    old = listed.modified < datetime.now(UTC) - KEPT
    return is_small_file(name) and listed.size == 0 and old
