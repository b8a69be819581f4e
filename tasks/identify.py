"""Identify: look at the local tracks of a manifest, or read it."""

from pathlib import Path

from resonance_core.config import DownloadConfig, RuntimeConfig
from resonance_core.sources import manifest as sources
from resonance_core.sources.playlist import TrackSource
from resonance_core.stages import identify as stage
from resonance_core.stages.identify import FailedTrack, IdentifiedTrack
from resonance_core.store.open import open_store
from tasks.caching import stage_task


@stage_task(name="read-manifest")
def read_manifest(manifest: str) -> list[TrackSource]:
    """List the tracks of a manifest. Never cached, for finding changes is its purpose."""
    return sources.read_manifest(Path(manifest))


@stage_task(name="identify")
def identify(
    tracks: list[TrackSource], config: DownloadConfig, runtime: RuntimeConfig
) -> list[IdentifiedTrack | FailedTrack]:
    """Have the digests of local tracks."""
    return stage.identify(tracks, config, open_store(runtime.store))
