"""Calibrate: find the strengths at which a direction leaves usable audio."""

from typing import Literal

from prefect.client.schemas.objects import State

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.stages import calibrate as stage
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome, Record
from tasks.caching import stage_state, stage_task


@stage_task(name="calibrate")
def calibrate(
    direction: Record,
    config: PipelineConfig,
    runtime: RuntimeConfig,
    sign: Literal[1, -1] = 1,
) -> State[Outcome]:
    """Measure one direction's range on one side."""
    return stage_state(stage.calibrate(direction, config, open_store(runtime.store), runtime, sign))
