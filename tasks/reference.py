"""Reference: what directions are centred on."""

from prefect.client.schemas.objects import State

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.stages import reference as stage
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome
from tasks.caching import stage_state, stage_task


@stage_task(name="reference")
def reference(config: PipelineConfig, runtime: RuntimeConfig) -> State[Outcome]:
    """Find or make the mean of a model's own music."""
    return stage_state(stage.reference(config, open_store(runtime.store), runtime))
