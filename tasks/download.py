"""Download: fetch a track's bytes, or look at the local file they are in."""

from prefect.client.schemas.objects import State

from resonance_core.config import DownloadConfig, RuntimeConfig
from resonance_core.errors import TransientTrackError
from resonance_core.sources.playlist import TrackSource
from resonance_core.stages import download as stage
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome
from tasks.caching import stage_state, stage_task
from tasks.retries import retried_on


@stage_task(name="download", task_run_name="download {title}", **retried_on(TransientTrackError))
def download(
    title: str, track: TrackSource, config: DownloadConfig, runtime: RuntimeConfig
) -> State[Outcome]:
    """Fetch one track."""
    return stage_state(stage.download(track, config, open_store(runtime.store)))
