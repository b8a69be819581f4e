"""Generate: a prompt and a direction become a WAV file."""

from prefect import flow

from flows.settings import DEFAULTS, Settings
from resonance_core.config import RuntimeConfig
from resonance_core.stages.generate import GenerationRequest
from resonance_core.store.records import Outcome
from tasks.generate import generate as generate_task


@flow(name="generate", persist_result=False)
def generate(request: GenerationRequest, settings: Settings = DEFAULTS) -> Outcome:
    """Generate one piece."""
    return generate_task.submit(request, settings.read(), RuntimeConfig()).result()
