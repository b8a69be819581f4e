"""What is left of small files that were removed: empty ones, by which a sync knows of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from resonance_core.store.store import Store

KEPT = timedelta(days=30)
"""How long they are kept. Where a store is synced less often, what was removed may come back."""
REASON = f"removed more than {KEPT.days} days ago"


def old_tombstones(store: Store) -> Iterator[str]:
    """Yield the names of the empty files of a folder that are older than they are kept."""
    return (name for name in store.small_files() if is_old_tombstone(store.root / name))


def is_old_tombstone(path: Path) -> bool:
    """Say whether a small file is an empty one that is older than it is kept."""
    try:
        status = path.stat()
    except FileNotFoundError:  # another process has removed it
        return False
    written = datetime.fromtimestamp(status.st_mtime, UTC)
    return status.st_size == 0 and written < datetime.now(UTC) - KEPT
