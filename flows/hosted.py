"""Hosted models: their keys, and whether people agree to what they are sent."""

import sys

import typer

from flows.console import notes
from flows.secrets import google_api_key
from resonance_core.config import PipelineConfig
from resonance_core.consent import ConsentError
from resonance_core.models.capabilities import CAPABILITIES
from resonance_core.models.lyria import DISAGREED, check_access
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


def at_terminal() -> bool:
    """Return whether there is somebody to ask."""
    return sys.stdin.isatty()


def ask_consent(
    request: GenerationRequest, takes: int, config: PipelineConfig, store: Store, yes: bool
) -> bool:
    """Show in a terminal what a hosted model would be sent, and ask whether it may be.

    Nothing is asked where nothing would be sent.

    Args:
        request: What to play.
        takes: How many.
        config: Says which model.
        store: May hold the pieces.
        yes: It may be, without being asked.

    Raises:
        ConfigError: What the model takes is not here, or what is asked for cannot be used.
        ConsentError: Nobody can be asked, or the answer is no.
        NotInStoreError: There is no such playlist, or its tracks are no longer there.
    """
    if not is_hosted(config) or (sending := hosted_sending(request, takes, config, store)) is None:
        return False
    check_access(google_api_key())
    notes.print(f"To be sent: {sending.in_words()}.")
    if yes:
        return True
    if not at_terminal() or not typer.confirm("Send it?", err=True):
        raise ConsentError(sending, DISAGREED)
    return True
