"""Playlist entries: the name under which a playlist's direction and range are found again."""

import re
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Literal, Self

from pydantic import BaseModel, Field, ValidationError
from slugify import slugify

from resonance_core.errors import ConfigError, NotInStoreError, StoreError
from resonance_core.keys import sha256_text
from resonance_core.steering.calibrate import StrengthRange
from resonance_core.store.directions import DIRECTION
from resonance_core.store.layout import file_name
from resonance_core.store.records import Record
from resonance_core.store.store import KEY_PREFIX, Store

FOLDER = "playlists"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class TrackReport(BaseModel):
    """What became of one track."""

    title: str
    status: Literal["completed", "failed", "duplicate"]
    reason: str | None = None
    """Why it failed, in words."""
    seconds: float | None = None
    """Length of its audio."""
    chunks: int | None = None
    sha256: str | None = None
    """Of its bytes."""
    key: str | None = None
    """The key of its activations."""


class DirectionRef(BaseModel):
    """Where a direction lies."""

    key: str
    path: str
    """In an entry relative to the store, so that the store can move."""

    @classmethod
    def of(cls, direction: Record) -> Self:
        """Return where a store holds a direction."""
        return cls(key=direction.key, path=file_name(direction, DIRECTION))

    def absolute(self, store: Store) -> Self:
        """Return the same with an absolute path, or an address."""
        return self.model_copy(update={"path": store.address(self.path)})


class PlaylistEntry(BaseModel):
    """What the last ingest of a playlist led to."""

    name: str
    source: str
    direction: DirectionRef
    calibration: str
    """The key of the calibration."""
    range: StrengthRange | None
    """None where no strength is usable."""
    tracks: list[TrackReport]
    left_out: int = 0
    """Tracks beyond ``resolve.max_tracks``; where a site tells no total, 1 means one or more."""
    ingested_at: datetime = Field(default_factory=lambda: datetime.now(UTC))


def playlist_name(store: Store, title: str, source: str) -> str:
    """Return the name a title gives: in plain letters, lower case, with hyphens for all else.

    Where another source has that name, a part of this one's digest tells them apart.
    """
    name = slugify(title, max_length=56) or "playlist"
    entry = load_entry(store, name)
    same = entry is None or entry.source == source
    return name if same else f"{name}-{sha256_text(source)[:6]}"


def check_name(name: str) -> str:
    """Return a name that can be used.

    Raises:
        ConfigError: It holds more than lower-case letters, digits, dots, hyphens, underscores.
    """
    if not NAME.fullmatch(name):
        raise ConfigError(
            f"{name!r} cannot be a playlist's name",
            f"Use lower-case letters, digits and hyphens, as in {slugify(name) or 'mine'!r}",
        )
    return name


def save_entry(store: Store, entry: PlaylistEntry) -> None:
    """Write a playlist's entry in place of the one before."""
    store.write_whole(_file(check_name(entry.name)), entry.model_dump_json(indent=1))


def update_range(store: Store, name: str, direction: Record, calibration: Record) -> None:
    """Keep a new calibration as that of a playlist.

    Args:
        store: Holds the playlist.
        name: Its name; a key, which names no playlist, keeps none.
        direction: What was calibrated. Where the playlist was ingested anew meanwhile, and has
            another one, its range stays.
        calibration: What came of it.
    """
    entry = load_entry(store, name)
    if entry is not None and entry.direction.key == direction.key:
        new = {"calibration": calibration.key, "range": calibration.info["range"]}
        save_entry(store, PlaylistEntry.model_validate({**entry.model_dump(), **new}))


def list_entries(store: Store) -> list[PlaylistEntry]:
    """Return all entries, by name.

    Raises:
        StoreError: An entry cannot be read.
    """
    names = [PurePosixPath(file).stem for file in store.list_whole(FOLDER)]
    return [entry for name in names if (entry := load_entry(store, name)) is not None]


def load_entry(store: Store, name: str) -> PlaylistEntry | None:
    """Return the entry of a name, or None where there is none.

    Raises:
        StoreError: The entry cannot be read.
    """
    if not NAME.fullmatch(name) or (held := store.read_whole(_file(name))) is None:
        return None
    try:
        return PlaylistEntry.model_validate_json(held)
    except ValidationError as error:
        raise StoreError(
            f"the entry of playlist {name!r} is damaged: {store.address(_file(name))}",
            "Ingest the playlist again; nothing that was computed is lost",
        ) from error


def check_known(store: Store, name_or_key: str) -> None:
    """Refuse what is neither a playlist's name nor the form of a key.

    Raises:
        NotInStoreError: There is no such playlist.
        StoreError: Its entry cannot be read.
    """
    if load_entry(store, name_or_key) is None and not KEY_PREFIX.fullmatch(name_or_key):
        raise NotInStoreError(
            f"there is no playlist {name_or_key!r} in the store {store.address()}",
            "Ingest it first, or list what there is with: resonance store ls",
        )


def _file(name: str) -> str:
    return f"{FOLDER}/{name}.json"
