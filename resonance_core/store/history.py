"""A playlist's history: which direction came from which tracks, and when."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ValidationError

from resonance_core.errors import StoreError
from resonance_core.store.playlists import PlaylistEntry
from resonance_core.store.store import Store


class HeardTrack(BaseModel):
    """A track that a direction came from."""

    title: str
    sha256: str
    """Of its bytes."""


class HistoryEntry(BaseModel):
    """One direction of a playlist."""

    ingested_at: datetime
    """When it was first made of these tracks."""
    direction: str
    """Its key."""
    tracks: list[HeardTrack]
    gained: list[str]
    """Titles that the direction before it did not come from."""
    lost: list[str]
    """Titles that only the direction before it came from."""

    def in_words(self) -> str:
        """Return what changed."""
        new, gone = (", ".join(titles) or "none" for titles in (self.gained, self.lost))
        return f"It comes from {len(self.tracks)} tracks. New: {new}. Gone: {gone}."

    @classmethod
    def after(cls, before: Self | None, entry: PlaylistEntry) -> Self:
        """Return what an ingest adds to a history."""
        tracks = [
            HeardTrack(title=track.title, sha256=track.sha256)
            for track in entry.tracks
            if track.status == "completed" and track.sha256 is not None
        ]
        old = before.tracks if before is not None else []
        return cls(
            ingested_at=entry.ingested_at,
            direction=entry.direction.key,
            tracks=tracks,
            gained=_only_in(tracks, old),
            lost=_only_in(old, tracks),
        )


def extend_history(store: Store, entry: PlaylistEntry) -> HistoryEntry | None:
    """Add an ingest to its playlist's history, unless it led to the direction that was last.

    Raises:
        StoreError: The store cannot be written, or what it holds cannot be read.
    """
    past = read_history(store, entry.name)
    if past and past[-1].direction == entry.direction.key:
        return None
    new = HistoryEntry.after(past[-1] if past else None, entry)
    name = f"history/{entry.name}/{new.ingested_at:%Y%m%dT%H%M%S.%f}.json"
    store.write_whole(name, new.model_dump_json(indent=1))
    return new


def read_history(store: Store, name: str) -> list[HistoryEntry]:
    """Return a playlist's history, from the first direction on.

    Raises:
        StoreError: A part of it cannot be read.
    """
    names = store.list_whole(f"history/{name}")
    try:
        return [HistoryEntry.model_validate_json(store.read_whole(one) or b"") for one in names]
    except ValidationError as error:
        raise StoreError(
            f"the history of playlist {name!r} is damaged", f"Remove history/{name} from the store"
        ) from error


def _only_in(tracks: list[HeardTrack], others: list[HeardTrack]) -> list[str]:
    known = {track.sha256 for track in others}
    return [track.title for track in tracks if track.sha256 not in known]
