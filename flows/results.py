"""What flows return."""

from collections.abc import Iterable

from pydantic import BaseModel, computed_field

from resonance_core.stages.identify import FailedTrack
from resonance_core.steering.calibrate import StrengthRange
from resonance_core.store.playlists import DirectionRef, TrackReport
from resonance_core.store.records import Outcome


class CacheCount(BaseModel):
    """How often a stage's result was found, and how often it was made."""

    hits: int = 0
    misses: int = 0


class IngestResult(BaseModel):
    """What an ingest led to."""

    name: str
    direction: DirectionRef
    tracks: list[TrackReport]
    left_out: int
    """Tracks of the source beyond ``resolve.max_tracks``."""
    gained: list[str]
    """Titles that the playlist's last direction did not come from."""
    lost: list[str]
    """Titles that only the playlist's last direction came from."""
    words: list[str]
    """Prompts that describe the playlist best, as the model hears it, the most fitting first; none
    where the recipe puts nothing into words."""
    range: StrengthRange | None
    cache: dict[str, CacheCount]
    seconds: float


def count_cache(outcomes: Iterable[Outcome]) -> dict[str, CacheCount]:
    """Count hits and misses by stage."""
    counts: dict[str, CacheCount] = {}
    for outcome in outcomes:
        count = counts.setdefault(outcome.record.stage, CacheCount())
        if outcome.hit:
            count.hits += 1
        else:
            count.misses += 1
    return counts


class ConceptResult(BaseModel):
    """A slider's direction."""

    name: str
    label: str
    direction: DirectionRef
    layers: list[int]
    split_half: list[float]
    """Of each layer (see `resonance_core.steering.concepts.Contrast`)."""
    agreement: list[float]
    low: StrengthRange | None
    """What is usable towards the low end; None where nothing is."""
    high: StrengthRange | None
    """What is usable towards the high end; None where nothing is."""
    tracks: list[TrackReport]
    """What became of the tracks of a concept from audio."""
    left_out: int
    """Its tracks beyond ``resolve.max_tracks``."""


class PlaylistOutcome(BaseModel):
    """What became of one of many playlists."""

    name: str
    reason: str | None = None
    """Why it could not be ingested, in words."""
    gained: list[str] = []
    """As in `IngestResult`."""
    lost: list[str] = []
    """As in `IngestResult`."""


class ReprocessResult(BaseModel):
    """What became of a manifest."""

    dataset: str
    """Where the activations lie."""
    tracks: int
    """Different tracks with bytes to read, those that turned out to be damaged among them."""
    duplicates: int
    """Entries with the same bytes as one before them."""
    found: int
    """Tracks that shards held before this run."""
    shards: CacheCount
    chunks: int
    """Of the shards that this run made."""
    failed: list[FailedTrack]
    seconds: float

    @computed_field  # type: ignore[prop-decorator]
    @property
    def tracks_per_second(self) -> float:
        """How fast this run was, with all that was found."""
        return self.tracks / self.seconds
