"""Concept: a slider's direction, from pairs of prompts or from labelled tracks."""

from prefect.client.schemas.objects import State

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.sources.labelled import LabelledTracks
from resonance_core.stages import audio_concept as audio_stage
from resonance_core.stages import prompt_concept as prompt_stage
from resonance_core.stages.tracks import TrackResult
from resonance_core.steering.concept_file import ConceptFile
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome
from tasks.caching import stage_state, stage_task


@stage_task(name="concept", task_run_name="concept {name}")
def prompt_concept(
    name: str, file: ConceptFile, config: PipelineConfig, runtime: RuntimeConfig
) -> State[Outcome]:
    """Make the direction of one concept from words."""
    return stage_state(
        prompt_stage.prompt_concept(name, file, config, open_store(runtime.store), runtime)
    )


@stage_task(name="audio-concept", task_run_name="concept {name}")
def audio_concept(
    name: str, listed: LabelledTracks, results: list[TrackResult], runtime: RuntimeConfig
) -> State[Outcome]:
    """Make the direction of one concept from audio."""
    return stage_state(audio_stage.audio_concept(name, listed, results, open_store(runtime.store)))
