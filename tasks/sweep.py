"""Sweep: pieces are played at several strengths of a direction, and judged."""

from prefect.client.schemas.objects import State

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.evaluation.protocol import Trials
from resonance_core.stages import sweep as stage
from resonance_core.stages.part import Part
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome
from tasks.caching import stage_state, stage_task


@stage_task(name="sweep", task_run_name="sweep {title}")
def sweep(
    title: str,
    part: Part | None,
    strengths: tuple[float, ...],
    trials: Trials,
    config: PipelineConfig,
    runtime: RuntimeConfig,
) -> State[Outcome]:
    """Play and judge the pieces of one direction."""
    return stage_state(
        stage.sweep(part, strengths, trials, config, open_store(runtime.store), runtime)
    )
