"""Shard: extract the activations of many tracks."""

from prefect.client.schemas.objects import State

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.stages import shard as stage
from resonance_core.stages.identify import IdentifiedTrack
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome
from tasks.caching import stage_state, stage_task


@stage_task(name="shard", task_run_name="shard {number}")
def shard(
    number: int, tracks: list[IdentifiedTrack], config: PipelineConfig, runtime: RuntimeConfig
) -> State[Outcome]:
    """Extract one shard."""
    return stage_state(stage.shard(tracks, config, open_store(runtime.store), runtime))
