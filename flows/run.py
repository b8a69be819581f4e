"""Running short flows: through Prefect where a server is set, else straight through the core.

Starting Prefect's ephemeral server costs 10-20 s, more than a piece of music. A flow is only
orchestration around core calls, so record and result are the same either way.
"""

from prefect.settings import PREFECT_API_URL

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.stages import calibrate as calibrate_stage
from resonance_core.stages import generate as generate_stage
from resonance_core.stages.generate import GenerationRequest, find_direction
from resonance_core.store.playlists import load_entry, save_entry
from resonance_core.store.records import Outcome
from resonance_core.store.store import Store


def run_generate(
    request: GenerationRequest, config: PipelineConfig, runtime: RuntimeConfig
) -> Outcome:
    """Generate one piece."""
    if PREFECT_API_URL.value():
        from flows.generate import generate

        return generate(request, config)
    return generate_stage.generate(request, config, Store(runtime.store), runtime)


def run_calibrate(name_or_key: str, config: PipelineConfig, runtime: RuntimeConfig) -> Outcome:
    """Measure a direction's range, and keep it as the playlist's where a playlist was named."""
    store = Store(runtime.store)
    direction = find_direction(name_or_key, store)
    if PREFECT_API_URL.value():
        from flows.calibrate import calibrate

        outcome = calibrate(direction, config)
    else:
        outcome = calibrate_stage.calibrate(direction, config, store, runtime)
    if (entry := load_entry(store, name_or_key)) is not None:
        found = {"calibration": outcome.record.key, "range": outcome.record.info["range"]}
        save_entry(store, entry.model_validate({**entry.model_dump(), **found}))
    return outcome
