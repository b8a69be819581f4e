"""Generate: a prompt and a direction become a WAV file."""

from prefect import flow
from pydantic import PositiveInt

from flows.hosted import hosted_access
from flows.report import publish_pieces
from flows.settings import DEFAULTS, Settings
from resonance_core.config import RuntimeConfig
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome
from tasks.generate import generate as generate_task


@flow(name="generate", persist_result=False)
def generate(
    request: GenerationRequest,
    settings: Settings = DEFAULTS,
    takes: PositiveInt = 1,
    consent: bool = False,
) -> list[Outcome]:
    """Generate one piece, or several takes of it.

    Args:
        request: What to play.
        settings: The model, its sampling, the recipe, and the piece's length.
        takes: How many, the first with the request's seed and the others with the next ones.
        consent: Agree to send the words, and what the playlist is like, to a model that is hosted.

    Raises:
        CalibrationError: No strength of what is asked for is usable.
        ConfigError: What is asked for cannot be used.
        ConsentError: The model is hosted, and nobody agreed.
        ModelError: The model cannot be found, or a direction is another model's.
        NotInStoreError: There is no such playlist or direction.
    """
    runtime = RuntimeConfig()
    config = settings.read()
    task = generate_task.submit(request, takes, config, runtime, hosted_access(config, consent))
    made: list[Outcome] = task.result()
    publish_pieces(open_store(runtime.store), [outcome.record for outcome in made])
    return made
