"""Resolve: list a source's tracks. Never cached, for finding changes is its purpose."""

from resonance_core.config import ResolveConfig
from resonance_core.sources import resolve as sources
from resonance_core.sources.playlist import Playlist
from tasks.caching import stage_task


@stage_task(name="resolve")
def resolve(source: str, config: ResolveConfig) -> Playlist:
    """List the tracks of a folder or a URL."""
    return sources.resolve(source, config)
