"""Extract: run a track's chunks through the model and keep its activations."""

from prefect.client.schemas.objects import State

from resonance_core.config import ExtractConfig, ModelConfig, RuntimeConfig
from resonance_core.stages import extract as stage
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome
from tasks.caching import stage_state, stage_task


@stage_task(name="extract", task_run_name="extract {title}")
def extract(
    title: str,
    audio: Outcome,
    windows: Outcome,
    model: ModelConfig,
    config: ExtractConfig,
    runtime: RuntimeConfig,
) -> State[Outcome]:
    """Extract one track's activations."""
    store = open_store(runtime.store)
    return stage_state(stage.extract(audio.record, windows.record, model, config, store, runtime))
