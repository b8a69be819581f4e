"""Creations: the pieces that a listener made, with what was asked for and what came of it."""

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
    """The creation that this is a variant of; it may have been removed."""
    piece: str
    """The key of the piece; creations that ask for the same share it."""
    request: dict[str, object]
    """What was asked for, enough to ask for the same again."""
    created_at: datetime = Field(default_factory=lambda: datetime.now(UTC))

    @property
    def needs(self) -> list[str]:
        """The keys of its piece, and of what it takes to make that again and nothing else has."""
        asked = (self.request.get(name) for name in ("continues", "melody"))
        return [self.piece, *(key for key in asked if isinstance(key, str))]


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
    if found is None:
        raise NotInStoreError(f"there is no creation {creation_id!r}", "List them: GET /creations")
    return found


def remove_creation(store: Store, creation: Creation) -> None:
    """Take a creation out of the library.

    Its variants go to what it was a variant of itself, so that they stay one family. Its piece
    stays in the store until the garbage is collected.

    Raises:
        StoreError: The store cannot be written, or another creation is damaged.
    """
    if creation.parent is not None:
        for one in list_creations(store):
            if one.parent == creation.id:
                save_creation(store, one.model_copy(update={"parent": creation.parent}))
    store.remove_whole(_file(creation.id))


def list_creations(store: Store) -> list[Creation]:
    """Return all creations, the newest first.

    Raises:
        StoreError: One is damaged.
    """
    read = (_read(store, name) for name in store.list_whole(FOLDER))
    found = [one for one in read if one is not None]
    return sorted(found, key=lambda creation: creation.created_at, reverse=True)


def family_of(creation: Creation, store: Store) -> list[Creation]:
    """Return all creations that came from the same one, the newest first.

    Raises:
        StoreError: One is damaged.
    """
    families = group_families(list_creations(store))
    return next(family for family in families if any(one.id == creation.id for one in family))


def group_families(creations: list[Creation]) -> list[list[Creation]]:
    """Put together what came from the same one, in the order of the first of each family."""
    known = {one.id: one for one in creations}
    families: dict[str, list[Creation]] = {}
    for creation in creations:
        origin, passed = creation, {creation.id}
        # A file from elsewhere may say that two came from each other.
        while origin.parent in known and origin.parent not in passed:
            origin = known[origin.parent]
            passed.add(origin.id)
        # The first that it came from may have been removed.
        families.setdefault(origin.parent or origin.id, []).append(creation)
    return list(families.values())


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
