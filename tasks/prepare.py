"""Prepare: the reference of a direction, and its effect in each layer."""

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.stages import prepare as stage
from resonance_core.stages.part import Part
from resonance_core.store.open import open_store
from resonance_core.store.records import Record
from tasks.caching import stage_task


@stage_task(name="prepare")
def prepare(direction: Record, config: PipelineConfig, runtime: RuntimeConfig) -> Part:
    """Find or make what it takes to add one direction."""
    return stage.prepare(direction, config, open_store(runtime.store), runtime)
