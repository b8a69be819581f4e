"""Generate: a prompt and a direction become a WAV file."""

from prefect import flow

from flows.settings import DEFAULTS, Settings
from resonance_core.config import RuntimeConfig
from resonance_core.stages.generate import GenerationRequest
from resonance_core.store.records import Outcome
from tasks.generate import generate as generate_task


@flow(name="generate", persist_result=False)
def generate(request: GenerationRequest, settings: Settings = DEFAULTS) -> Outcome:
    """Generate one piece.

    Args:
        request: What to play.
        settings: The model, its sampling, the recipe, and the piece's length.

    Raises:
        CalibrationError: No strength of what is asked for is usable.
        ConfigError: What is asked for cannot be used.
        ModelError: The model cannot be found, or a direction is another model's.
        NotInStoreError: There is no such playlist or direction.
    """
    return generate_task.submit(request, settings.read(), RuntimeConfig()).result()
