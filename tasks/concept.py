"""Concept: a slider's direction from pairs of prompts."""

from prefect.client.schemas.objects import State

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.stages import concept as stage
from resonance_core.steering.concept_file import ConceptFile
from resonance_core.store.records import Outcome
from resonance_core.store.store import Store
from tasks.caching import stage_state, stage_task


@stage_task(name="concept", task_run_name="concept {name}", tags=["gpu"])
def concept(
    name: str, file: ConceptFile, config: PipelineConfig, runtime: RuntimeConfig
) -> State[Outcome]:
    """Make one concept's direction."""
    return stage_state(stage.concept(name, file, config, Store(runtime.store), runtime))
