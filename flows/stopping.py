"""Ending a flow's tasks with the flow: Prefect waits for them, and one may take minutes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from resonance_core.cancellation import cancellable
from resonance_core.errors import ResonanceError


class StoppedError(ResonanceError):
    """What a task ends with whose flow has ended."""


@contextmanager
def tasks_end_with_it() -> Iterator[None]:
    """Have tasks that are submitted in the context end at their next step once it is left early.

    So Ctrl-C ends a run within a step of the model, not when the stage that plays is done.
    """
    left = threading.Event()

    def check() -> None:
        if left.is_set():
            raise StoppedError("the run was stopped")

    with cancellable(check):
        try:
            yield
        except BaseException:
            left.set()
            raise
