"""Progress: what a flow tells whoever watches it, on the command line or in Prefect's UI."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact

Watcher = Callable[[str], None]
"""Gets what happened last, in words."""

TELL_EVERY_S = 1.0
"""The least time between two updates of the artifact, in seconds."""

_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Have flows that run inside the context report to a watcher of this process."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def tell(what: str) -> None:
    """Tell whoever watches what happens."""
    if (watcher := _watcher.get()) is not None:
        watcher(what)


class Progress:
    """The progress of one flow run over its tracks or shards, kept as a Prefect artifact."""

    def __init__(self, total: int, what: str = "Tracks") -> None:
        self._total = total
        self._done = 0
        self._told = time.monotonic()
        artifact = create_progress_artifact(progress=0.0, description=what)
        assert isinstance(artifact, UUID)  # it is awaitable in async flows only
        self._artifact = artifact

    def advance(self, what: str) -> None:
        """Count one more as done."""
        self._done += 1
        # A call to the server costs some 50 ms, which quick tracks would all wait for.
        if self._done == self._total or time.monotonic() >= self._told + TELL_EVERY_S:
            update_progress_artifact(self._artifact, progress=100 * self._done / self._total)
            self._told = time.monotonic()
        tell(f"{self._done}/{self._total} {what}")
