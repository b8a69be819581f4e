"""Calibrate: find the strengths at which a direction leaves usable audio."""

from prefect.client.schemas.objects import State

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.stages import calibrate as stage
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store
from tasks.caching import stage_state, stage_task


@stage_task(name="calibrate", tags=["gpu"])
def calibrate(direction: Record, config: PipelineConfig, runtime: RuntimeConfig) -> State[Outcome]:
    """Measure one direction's range."""
    return stage_state(stage.calibrate(direction, config, Store(runtime.store), runtime))
