"""Directions in the store, found by name or key."""

from resonance_core.errors import NotInStoreError, StoreError
from resonance_core.stages.aggregate import AGGREGATE
from resonance_core.store.playlists import PlaylistEntry, check_known, load_entry
from resonance_core.store.records import Record
from resonance_core.store.store import Store


def find_direction(name_or_key: str, store: Store) -> Record:
    """Return the record of the direction that a playlist's name or a key means.

    Raises:
        NotInStoreError: There is none.
        StoreError: It is damaged.
    """
    check_known(store, name_or_key)
    entry = load_entry(store, name_or_key)
    try:
        record = store.get(entry.direction.key if entry else name_or_key)
    except NotInStoreError as error:
        if entry is None:
            raise
        raise _lost(entry) from error
    if record.stage != AGGREGATE.name:
        raise NotInStoreError(
            f"{name_or_key!r} is the key of a {record.stage} result, not of a direction",
            "List directions with: resonance store ls --stage aggregate",
        )
    if store.find(record.request) is None:
        raise (
            _lost(entry)
            if entry
            else StoreError(
                f"the direction {record.key[:12]} is damaged", "Ingest its playlist again"
            )
        )
    return record


def _lost(entry: PlaylistEntry) -> StoreError:
    return StoreError(
        f"the direction of playlist {entry.name!r} is missing or damaged",
        f"Ingest it again, which makes only what is missing: resonance ingest {entry.source!r} "
        f"--name {entry.name}",
    )
