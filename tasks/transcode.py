"""Transcode: bring a track into the canonical form."""

from functools import partial

from prefect.client.schemas.objects import State

from resonance_core.config import RuntimeConfig
from resonance_core.stages import transcode as stage
from resonance_core.stages.download import original
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome
from tasks.caching import stage_state, stage_task


@stage_task(name="transcode", task_run_name="transcode {title}")
def transcode(
    title: str, downloaded: Outcome, sample_rate: int, runtime: RuntimeConfig
) -> State[Outcome]:
    """Decode one track to mono FLAC at the model's sample rate."""
    store = open_store(runtime.store)
    record = downloaded.record
    source = partial(original, store, record)
    return stage_state(stage.transcode_track(record.info["sha256"], source, sample_rate, store))
