"""Notify: tell the operators, by the Prefect block that they chose for it."""

import httpx
import prefect.blocks.notifications  # noqa: F401  (makes its kinds of block known)
from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.core import Block
from prefect.client.schemas.objects import State
from prefect.states import Completed
from prefect.variables import Variable

from resonance_core.errors import ConfigError, ResonanceError
from tasks.caching import stage_task
from tasks.retries import retried_on

CHOICE = "resonance_notify"
"""The Prefect variable that names the block, as slack-webhook/mine."""


class NotifyError(ResonanceError):
    """A notification that could not be sent."""


@stage_task(name="notify", task_run_name="notify: {subject}", **retried_on(NotifyError))
def notify(subject: str, body: str) -> State[None]:
    """Send a message; nothing happens without the variable that names a block.

    Flows wait for it and do not ask for its result, so that they do not fail with it.

    Raises:
        ConfigError: The variable names no notification block.
        NotifyError: The block could not send.
    """
    name = Variable.get(CHOICE)
    if name is None:
        return Completed(name="Skipped", message=f"There is no variable {CHOICE}")
    block = _load(str(name))
    try:
        with block.raise_on_failure():
            block.notify(body, subject)  # type: ignore[unused-coroutine]  # in tasks it is none
    except Exception as error:
        raise NotifyError(
            f"the block {name!r} could not send ({_without_secrets(error)})",
            "Try it, and correct it, under Blocks in Prefect's UI",
        ) from None  # its text may hold the webhook's address, which is a secret
    return Completed(message=f"Sent by {name}")


def _load(name: str) -> NotificationBlock:
    try:
        block = Block.load(name)
    except ValueError as error:
        raise ConfigError(
            f"the variable {CHOICE} names {name!r}, but there is no such block",
            "Create it in Prefect's UI, or name another, as slack-webhook/mine",
        ) from error
    if not isinstance(block, NotificationBlock):
        raise ConfigError(
            f"the variable {CHOICE} names {name!r}, a block that sends no notifications",
            "Name another, as slack-webhook/mine",
        )
    return block


def _without_secrets(error: Exception) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP status {error.response.status_code}"
    return type(error).__name__
