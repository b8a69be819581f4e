"""Creations: the pieces that a listener made, with what was asked for and what came of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from resonance_core.errors import NotInStoreError, StoreError
from resonance_core.store.store import Store

FOLDER = "creations"


class Creation(BaseModel):
    """One piece in a listener's library."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str = Field(default_factory=lambda: str(uuid4()))
    title: str
    """The prompt, until it is renamed."""
    favourite: bool = False
    parent: str | None = None
    """The creation that this is a variant of."""
    piece: str
    """The key of the piece; creations that ask for the same share it."""
    request: dict[str, object]
    """What was asked for, enough to ask for the same again."""
    created_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    deleted: bool = False
    """A creation that is removed keeps its place, for its variants hang on it."""


def save_creation(store: Store, creation: Creation) -> None:
    """Write a creation in place of what was there.

    Raises:
        StoreError: The store cannot be written.
    """
    store.write_whole(_file(creation.id), creation.model_dump_json(indent=1))


def load_creation(store: Store, creation_id: str) -> Creation:
    """Return a creation.

    Raises:
        NotInStoreError: There is none, or it was removed.
        StoreError: It is damaged.
    """
    found = _read(store, _file(creation_id))
    if found is None or found.deleted:
        raise NotInStoreError(f"there is no creation {creation_id!r}", "List them: GET /creations")
    return found


def list_creations(store: Store) -> list[Creation]:
    """Return all creations that were not removed, the newest first.

    Raises:
        StoreError: One is damaged.
    """
    return sorted(_kept(store), key=lambda creation: creation.created_at, reverse=True)


def _kept(store: Store) -> Iterator[Creation]:
    for name in store.list_whole(FOLDER):
        if (found := _read(store, name)) is not None and not found.deleted:
            yield found


def _read(store: Store, name: str) -> Creation | None:
    if (held := store.read_whole(name)) is None:
        return None
    try:
        return Creation.model_validate_json(held)
    except ValidationError as error:
        raise StoreError(
            f"a creation is damaged: {store.address(name)}", "Remove the file; its piece is kept"
        ) from error


def _file(creation_id: str) -> str:
    try:
        return f"{FOLDER}/{UUID(creation_id)}.json"
    except ValueError as error:
        raise NotInStoreError(
            f"{creation_id!r} is no creation's id", "List them: GET /creations"
        ) from error
