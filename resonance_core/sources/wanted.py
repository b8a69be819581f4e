"""Tracks that are known by name only, to be matched with audio later."""

from pydantic import BaseModel, ConfigDict, Field


class WantedTrack(BaseModel):
    """One track of a playlist that says whose it is, but not where its audio lies."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    position: int
    """Place in the playlist, from 0."""
    artist: str = Field(min_length=1)
    title: str = Field(min_length=1)
    duration_s: float | None
    """As the list says, in seconds; None where it says nothing."""
