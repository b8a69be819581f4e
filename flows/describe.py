"""Describe: what a playlist is like, in seconds; without Prefect, whose start takes longer."""

from uuid import uuid4

from pydantic import BaseModel

from flows.describers import describer_of
from flows.settings import Settings
from resonance_core.config import RuntimeConfig
from resonance_core.consent import Consent
from resonance_core.describe.character import PlaylistCharacter
from resonance_core.sources.resolve import resolve
from resonance_core.stages.describe import describe as describe_stage
from resonance_core.store.concepts import known_concepts
from resonance_core.store.jobs import Job, running_job
from resonance_core.store.open import open_store
from resonance_core.store.playlists import TrackReport


class DescribeResult(BaseModel):
    """What a playlist is like."""

    key: str
    """Of the description."""
    title: str
    character: PlaylistCharacter
    prompt: str
    sliders: dict[str, float]
    """Where they stand, -1 to 1."""
    tracks: list[TrackReport]


def describe(source: str, settings: Settings, consent: Consent) -> DescribeResult:
    """Return what a playlist is like, as a prompt and slider positions, and keep a job of it.

    Args:
        source: A folder, a file, or a URL that yt-dlp reads.
        settings: Who hears it, limits of what is fetched, and the sliders.
        consent: Asked before anything leaves this machine.

    Raises:
        ConfigError: A setting cannot be used.
        ResonanceError: The describer's own, as it says.
        SourceError: The source cannot be listed.
        TrackError: None of its tracks can be used.
    """
    runtime, config = RuntimeConfig(), settings.read()
    store = open_store(runtime.store)
    concepts = known_concepts(config.concept, store)
    named = Job(
        id=runtime.job or str(uuid4()),
        kind="impression",
        request=runtime.request,
        source=source,
        name=config.describe.describer,
    )
    with running_job(store, named) as job:
        playlist = resolve(source, config.resolve)
        job.list_tracks([track.title for track in playlist.tracks])
        describer = describer_of(config.describe, concepts, consent)
        found = describe_stage(playlist.tracks, describer, config.download, store, job.advance)
        job.end_with(found.outcome.record.key)
    return DescribeResult(
        key=found.outcome.record.key,
        title=playlist.title,
        character=found.character,
        prompt=found.character.prompt(concepts),
        sliders=found.character.sliders(concepts),
        tracks=found.tracks,
    )
