"""Watching jobs: one looks at each for all who watch it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

WATCH_EVERY_S = 0.2
"""How often a job is looked at, in seconds."""


class Seen(NamedTuple):
    """A job as it was seen.

    Attributes:
        version: Differs where anything of the job does.
        job: The job, as JSON.
        ended: Whether it stays so.
    """

    version: str
    job: str
    ended: bool


Look = Callable[[], Awaitable[Seen]]


class _Watch:
    """Looks at one job until it has ended."""

    def __init__(self, look: Look) -> None:
        self.seen: Seen | None = None
        self.watchers = 0
        self._look = look
        self._next: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._run())

    async def change(self) -> None:
        """Wait until it is seen to have changed, and raise what keeps it from being seen."""
        await asyncio.shield(self._next)

    def stop(self) -> None:
        self._task.cancel()
        self._next.cancel()

    async def _run(self) -> None:
        try:
            while self.seen is None or not self.seen.ended:
                if (seen := await self._look()) != self.seen:
                    self.seen = seen
                    told, self._next = self._next, asyncio.get_running_loop().create_future()
                    told.set_result(None)
                await asyncio.sleep(WATCH_EVERY_S)
        except Exception as error:
            self._next.set_exception(error)


class Watches:
    """The jobs that are watched."""

    def __init__(self) -> None:
        self._watches: dict[str, _Watch] = {}

    async def follow(self, job_id: str, told: str | None, look: Look) -> AsyncIterator[Seen]:
        """Yield a job whenever it has changed, until it has ended.

        Args:
            job_id: Which.
            told: The version that is known already; None for none.
            look: Looks at it, for all who follow it.
        """
        if job_id not in self._watches:
            self._watches[job_id] = _Watch(look)
        watch = self._watches[job_id]
        watch.watchers += 1
        try:
            while True:
                if (seen := watch.seen) is None:
                    await watch.change()
                    continue
                if seen.version != told:
                    told = seen.version
                    yield seen
                if seen.ended:
                    return
                if watch.seen is seen:  # or it has changed while it was told
                    await watch.change()
        finally:
            watch.watchers -= 1
            if watch.watchers == 0:
                watch.stop()
                del self._watches[job_id]
