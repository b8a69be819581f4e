"""Resolve: list a source's tracks. Never cached, for finding changes is its purpose."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from resonance_core.config import ResolveConfig
from resonance_core.sources import resolve as sources
from resonance_core.sources.playlist import Playlist


@task(name="resolve", cache_policy=NO_CACHE, persist_result=False)
def resolve(source: str, config: ResolveConfig) -> Playlist:
    """List the tracks of a folder or a URL."""
    return sources.resolve(source, config)
