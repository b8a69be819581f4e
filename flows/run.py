"""Running short flows: through Prefect where a server is set, else straight through the core.

Starting Prefect's ephemeral server costs 10-20 s, more than a piece of music. A flow is only
orchestration around core calls, so record and result are the same either way.
"""

from prefect.settings import PREFECT_API_URL

from flows.hosted import hosted_access
from flows.settings import Settings
from resonance_core.config import RuntimeConfig
from resonance_core.stages import calibrate as calibrate_stage
from resonance_core.stages import generate as generate_stage
from resonance_core.stages.directions import find_direction
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.store.open import open_store
from resonance_core.store.playlists import update_range
from resonance_core.store.records import Outcome


def run_generate(
    request: GenerationRequest, settings: Settings, takes: int = 1, consent: bool = False
) -> list[Outcome]:
    """Generate takes of one piece; ``consent`` is to what a hosted model is sent."""
    if PREFECT_API_URL.value():
        from flows.generate import generate

        return generate(request, settings, takes, consent)
    runtime = RuntimeConfig()
    store = open_store(runtime.store)
    config = settings.read()
    hosted = hosted_access(config, consent)
    return generate_stage.generate_takes(request, takes, config, store, runtime, hosted=hosted)


def run_calibrate(name_or_key: str, settings: Settings) -> Outcome:
    """Measure a direction's range, and keep it as the playlist's where a playlist was named."""
    if PREFECT_API_URL.value():
        from flows.calibrate import calibrate

        return calibrate(name_or_key, settings)
    runtime = RuntimeConfig()
    store = open_store(runtime.store)
    direction = find_direction(name_or_key, store)
    outcome = calibrate_stage.calibrate(direction, settings.read(), store, runtime)
    update_range(store, name_or_key, direction, outcome.record)
    return outcome
