"""Playlists: an ordered list of tracks and where each of them lies."""

from pydantic import BaseModel, ConfigDict, field_validator


def printable(name: str) -> str:
    """Return a name without control characters, which would reach people's terminals."""
    return "".join(sign if sign.isprintable() else " " for sign in name).strip()


class TrackSource(BaseModel):
    """One track of a playlist, before it is fetched."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    position: int
    """Place in the playlist, from 0."""
    title: str
    url: str
    """``file://`` for a local file, else the address of its page or of its audio."""
    duration_s: float | None
    """As the source says, in seconds; None where it says nothing."""
    refused: str | None = None
    """Why it is not taken, in words; such a track is listed, and nobody looks for it."""

    @field_validator("title")
    @classmethod
    def _printable(cls, title: str) -> str:
        return printable(title) or "untitled"


class Playlist(BaseModel):
    """What a source holds, in its own order."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    title: str
    source: str
    """The URL, or the absolute path of the folder or file."""
    tracks: tuple[TrackSource, ...]
    left_out: int
    """Tracks beyond the limit; where a site tells no total, 1 means one or more."""
