"""Generate: make a piece of music."""

from prefect.client.schemas.objects import State

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.stages import generate as stage
from resonance_core.stages.generate import GenerationRequest
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome
from tasks.caching import stage_state, stage_task


@stage_task(name="generate")
def generate(
    request: GenerationRequest, config: PipelineConfig, runtime: RuntimeConfig
) -> State[Outcome]:
    """Generate one piece."""
    return stage_state(stage.generate(request, config, open_store(runtime.store), runtime))
