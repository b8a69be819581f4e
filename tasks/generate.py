"""Generate: make a piece of music."""

from prefect.client.schemas.objects import State

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.stages import generate as stage
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.stages.hosted import Hosted
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome
from tasks.caching import stage_states, stage_task


@stage_task(name="generate")
def generate(
    request: GenerationRequest,
    takes: int,
    config: PipelineConfig,
    runtime: RuntimeConfig,
    hosted: Hosted | None = None,
) -> State[list[Outcome]]:
    """Generate takes of one piece."""
    store = open_store(runtime.store)
    made = stage.generate_takes(request, takes, config, store, runtime, hosted=hosted)
    return stage_states(made)
