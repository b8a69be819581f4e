"""Settings of where tracks come from."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from resonance_core.config.stage import StageConfig


class ResolveConfig(StageConfig):
    """How a source becomes a list of tracks."""

    max_tracks: PositiveInt = 20
    """Tracks beyond this many are left out, in the source's order."""
    prefer: Literal["playlist", "video"] | None = None
    """What a YouTube address that names both means; by default the playlist, unless it is one of
    YouTube's endless mixes."""
    min_tracks: PositiveInt = 1
    """An ingest with fewer usable tracks than this fails."""


class MatchConfig(StageConfig):
    """How tracks that are known by name only are found; none of it enters a key."""

    tolerance_s: NonNegativeFloat = 5.0
    """What lasts this much longer or shorter may still be the same recording, in seconds."""
    pause_s: NonNegativeFloat = 1.0
    """Pause between two searches, in seconds."""


class DownloadConfig(StageConfig):
    """Limits of what is fetched, and manners; a local file is not fetched and has none.

    They enter no key, for they change whether a track is taken, not its bytes.
    """

    max_duration_s: PositiveFloat = 1800.0
    """Longer tracks are refused, in seconds."""
    max_bytes: PositiveInt = 600_000_000
    """Larger tracks are refused; half an hour of uncompressed 24-bit stereo fits."""
    timeout_s: PositiveFloat = 900.0
    """Tracks that take longer to arrive are given up, in seconds; half an hour of good audio
    arrives in time over half a megabit a second."""
    interval_s: NonNegativeFloat = 2.0
    """From the start of one download to the start of the next from the same host, in seconds, on
    average."""
    max_wait_s: NonNegativeFloat = 300.0
    """How long a host that asks to be left alone is waited for in all, in seconds."""


class DescribeConfig(StageConfig):
    """Who says what a playlist is like; ``timeout_s`` and what follows it enter no key."""

    describer: Literal["local", "gemini"] = "local"
    """``local`` hears the tracks on this machine; ``gemini`` is Google's and is sent clips of them,
    after consent."""
    model: str = "gemini-3.8-flash"
    """The Gemini model, as Google names it."""
    heard_s: Annotated[float, Field(ge=4, le=600)] = 30.0
    """What Gemini is sent of each track, in seconds."""
    timeout_s: PositiveFloat = 120.0
    """A request that takes longer is given up, in seconds."""
    attempts: PositiveInt = 4
    """How often a request is made that the service turns away, or that is cut off."""
    max_wait_s: NonNegativeFloat = 60.0
    """The longest pause between two attempts, in seconds; a service that asks for a longer one is
    given up."""
