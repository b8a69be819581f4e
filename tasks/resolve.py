"""Resolve: list a source's tracks. Never cached, for finding changes is its purpose."""

from resonance_core.config import ResolveConfig
from resonance_core.errors import TransientSourceError
from resonance_core.sources import resolve as sources
from resonance_core.sources.labelled import LabelledTracks
from resonance_core.sources.playlist import Playlist
from resonance_core.stages import audio_concept
from resonance_core.steering.concept_file import ConceptFile
from tasks.caching import stage_task
from tasks.retries import retried_on


@stage_task(name="resolve", **retried_on(TransientSourceError))
def resolve(source: str, config: ResolveConfig) -> Playlist:
    """List the tracks of a folder or a URL."""
    return sources.resolve(source, config)


@stage_task(
    name="resolve-concept", task_run_name="resolve {name}", **retried_on(TransientSourceError)
)
def resolve_concept(name: str, file: ConceptFile, config: ResolveConfig) -> LabelledTracks:
    """List the tracks of a concept from audio."""
    return audio_concept.list_labelled(name, file, config)
