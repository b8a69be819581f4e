"""Download: fetch a track's bytes, or look at the local file they are in."""

from typing import Any

from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import exponential_backoff

from resonance_core.config import DownloadConfig, RuntimeConfig
from resonance_core.errors import TransientTrackError
from resonance_core.sources.playlist import TrackSource
from resonance_core.stages import download as stage
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome
from tasks.caching import stage_state, stage_task


def _may_pass(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
    """Retry what another try may change, and nothing else."""
    return isinstance(state.result(raise_on_failure=False), TransientTrackError)


@stage_task(
    name="download",
    task_run_name="download {title}",
    retries=2,
    retry_delay_seconds=exponential_backoff(backoff_factor=2),
    retry_jitter_factor=0.5,
    retry_condition_fn=_may_pass,
)
def download(
    title: str, track: TrackSource, config: DownloadConfig, runtime: RuntimeConfig
) -> State[Outcome]:
    """Fetch one track."""
    return stage_state(stage.download(track, config, open_store(runtime.store)))
