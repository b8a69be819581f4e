"""Chunk: cut a track into windows."""

from prefect.client.schemas.objects import State

from resonance_core.config import ChunkConfig, RuntimeConfig
from resonance_core.stages import chunk as stage
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome
from tasks.caching import stage_state, stage_task


@stage_task(name="chunk", task_run_name="chunk {title}")
def chunk(
    title: str, audio: Outcome, config: ChunkConfig, runtime: RuntimeConfig
) -> State[Outcome]:
    """Write the table of one track's windows."""
    return stage_state(stage.chunk(audio.record, config, open_store(runtime.store)))
