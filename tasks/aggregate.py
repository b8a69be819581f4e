"""Aggregate: reduce a playlist's activations to its direction."""

from prefect.client.schemas.objects import State

from resonance_core.config import AggregateConfig, RuntimeConfig
from resonance_core.stages import aggregate as stage
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome
from tasks.caching import stage_state, stage_task


@stage_task(name="aggregate")
def aggregate(
    activations: list[Outcome], config: AggregateConfig, runtime: RuntimeConfig
) -> State[Outcome]:
    """Compute the direction of all usable tracks."""
    records = [outcome.record for outcome in activations]
    return stage_state(stage.aggregate(records, config, open_store(runtime.store)))
