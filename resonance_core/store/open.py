"""Opening a store by its location."""

from pathlib import Path

from resonance_core.errors import ConfigError
from resonance_core.store.store import Store


def open_store(location: str) -> Store:
    """Return the store at a location.

    Args:
        location: A folder, which need not exist.

    Raises:
        ConfigError: The location is of a kind that no store can be at.
    """
    if "://" in location:
        raise ConfigError(f"{location!r} cannot be a store", "Name a folder")
    return Store(Path(location))
