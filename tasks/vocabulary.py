"""Vocabulary: what playlists are put into words with."""

from prefect.client.schemas.objects import State

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.stages import vocabulary as stage
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome
from tasks.caching import stage_state, stage_task


@stage_task(name="vocabulary")
def vocabulary(config: PipelineConfig, runtime: RuntimeConfig) -> State[Outcome]:
    """Find or make what a model hears in words."""
    return stage_state(stage.vocabulary(config, open_store(runtime.store), runtime))
