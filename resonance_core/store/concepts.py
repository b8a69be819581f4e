"""Concepts of a listener's own, which a store holds beside those of the file."""

import re
from pathlib import PurePosixPath

from pydantic import BaseModel, ValidationError

from resonance_core.config import ConceptConfig
from resonance_core.errors import ConfigError, NotInStoreError, StoreError
from resonance_core.steering.concept_file import Concept, ConceptFile, load_concepts
from resonance_core.store.store import Store

FOLDER = "concepts"
NAME = re.compile(r"[a-z0-9-]{1,40}")


class OwnConcept(BaseModel):
    """A concept that the store holds."""

    concept: Concept


def known_concepts(config: ConceptConfig, store: Store) -> ConceptFile:
    """Return the concepts of the file, and after them those that the store holds.

    A name that both have is the file's.

    Raises:
        ConfigError: The file cannot be read or used.
        StoreError: A concept of the store is damaged.
    """
    file = load_concepts(config.file)
    concepts = dict(file.concepts)
    for path in store.list_whole(FOLDER):
        found = _read(path, store)
        if found is not None:
            concepts.setdefault(PurePosixPath(path).stem, found.concept)
    return file.model_copy(update={"concepts": concepts})


def save_concept(name: str, concept: Concept, store: Store) -> None:
    """Keep a concept, in place of the one of its name.

    Raises:
        ConfigError: The name cannot be used.
        StoreError: The store cannot be written.
    """
    kept = OwnConcept(concept=concept)
    store.write_whole(_file(name), kept.model_dump_json(indent=1, exclude_none=True))


def remove_concept(name: str, store: Store) -> None:
    """Forget a concept; its direction stays, and so do pieces that were made with it.

    Raises:
        ConfigError: The name cannot be used.
        NotInStoreError: The store holds none of this name.
        StoreError: The store cannot be written.
    """
    if store.read_whole(_file(name)) is None:
        raise NotInStoreError(f"there is no concept {name!r} in the store", "List the concepts")
    store.remove_whole(_file(name))


def _read(path: str, store: Store) -> OwnConcept | None:
    if (held := store.read_whole(path)) is None:
        return None
    try:
        return OwnConcept.model_validate_json(held)
    except ValidationError as error:
        raise StoreError(
            f"a concept is damaged: {store.address(path)}", "Remove the file, and make it again"
        ) from error


def _file(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ConfigError(
            f"{name!r} cannot be a concept's name", "Use lower-case letters, digits and hyphens"
        )
    return f"{FOLDER}/{name}.json"
