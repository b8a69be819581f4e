"""What is left of small files that were removed: empty ones, by which a sync knows of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from resonance_core.store.layout import is_small_file
from resonance_core.store.store import Store

KEPT = timedelta(days=30)
"""How long they are kept. Where a store is synced less often, what was removed may come back."""


def old_tombstones(store: Store) -> Iterator[str]:
    """Yield the names of the empty files of a folder that are older than they are kept."""
    for path in store.root.rglob("*.json"):
        name = path.relative_to(store.root).as_posix()
        if is_small_file(name) and is_old_tombstone(path):
            yield name


def is_old_tombstone(path: Path) -> bool:
    """Say whether a small file is an empty one that is older than it is kept."""
    if not path.is_file():
        return False
    status = path.stat()
    written = datetime.fromtimestamp(status.st_mtime, UTC)
    return status.st_size == 0 and written < datetime.now(UTC) - KEPT
