"""Hosted models: their keys, and what they would be sent."""

from flows.secrets import google_api_key
from resonance_core.config import PipelineConfig
from resonance_core.consent import Sending
from resonance_core.google_services import check_access
from resonance_core.models.capabilities import CAPABILITIES
from resonance_core.models.lyria import LOCALLY
from resonance_core.models.registry import model_info
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.stages.hosted import Hosted, hosted_sending
from resonance_core.store.store import Store


def is_hosted(config: PipelineConfig) -> bool:
    """Return whether the model runs elsewhere."""
    return CAPABILITIES[model_info(config.model).backend].hosted


def hosted_access(config: PipelineConfig, consent: bool) -> Hosted | None:
    """Return what it takes to use the model where it is hosted; None where it is not.

    Args:
        config: Says which model.
        consent: Whether somebody agreed to what it is sent.

    Raises:
        ConfigError: What is there as its key is none.
    """
    return Hosted(google_api_key(), lambda _: consent) if is_hosted(config) else None


def to_be_sent(
    request: GenerationRequest, takes: int, config: PipelineConfig, store: Store
) -> Sending | None:
    """Return what a piece would send from this machine; None for nothing.

    Nothing is sent to a model that runs here, or for what the store holds.

    Args:
        request: What to play.
        takes: How many.
        config: Says which model.
        store: May hold the pieces.

    Raises:
        ConfigError: What the model takes is not here, or what is asked for cannot be used.
        ModelError: The model cannot do what is asked for.
        NotInStoreError: There is no such playlist, or its tracks are no longer there.
    """
    if not is_hosted(config) or (sending := hosted_sending(request, takes, config, store)) is None:
        return None
    check_access("Lyria", google_api_key(), LOCALLY)
    return sending
