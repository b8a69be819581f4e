"""The jobs of the store: they add up, so of those that have ended outlines are kept at hand."""

import asyncio
import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self

from resonance_core.errors import StoreError
from resonance_core.store.jobs import FINAL, FOLDER, Job, close_lost, forget_job, read_job
from resonance_core.store.store import Store

KEPT = timedelta(days=1)
"""How long the job of a piece is known after it has ended; the piece stays."""
FORGET_EVERY_S = 3600.0
"""How often the older ones are looked for, in seconds."""

log = logging.getLogger(__name__)


class Outline(NamedTuple):
    """What jobs are looked for by; tracks and all else are in their files."""

    id: str
    kind: str
    state: str
    request: str | None
    parent: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, job: Job) -> Self:
        """Return the outline of a job."""
        return cls(*(getattr(job, name) for name in cls._fields))

    @property
    def ended(self) -> bool:
        """Whether it has ended; one of the command line may be run again."""
        return self.state in FINAL


class JobList:
    """All jobs of a store. The file of one that has ended is read again only where it changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._reading = threading.Lock()
        self._ended: dict[str, tuple[str, Outline]] = {}
        """By the names of their files, with the versions of these."""
        self._closed = False

    def read(self) -> list[Outline]:
        """Return the outlines of all jobs, the newest first.

        The first time, jobs of a service that was killed are closed. That is when somebody asks
        for them, or soon after the start, which they would hold up.

        Raises:
            StoreError: The store cannot be read, or written the first time.
        """
        with self._reading:
            going = []
            ended: dict[str, tuple[str, Outline]] = {}
            for name, version in self._store.versions_whole(FOLDER).items():
                if (known := self._ended.get(name)) is not None and known[0] == version:
                    ended[name] = known
                elif (job := read_job(self._store, name)) is None:
                    continue
                elif job.state in FINAL:
                    ended[name] = version, Outline.of(job)
                else:
                    going.append(job)
            if not self._closed:
                lost = {job.id: job for job in close_lost(going, self._store)}
                going = [lost.get(job.id, job) for job in going]
                self._closed = True
            self._ended = ended
            found = [*(outline for _, outline in ended.values()), *map(Outline.of, going)]
        return sorted(found, key=lambda outline: outline.created_at, reverse=True)

    def forget(self) -> None:
        """Remove the jobs of pieces that ended longer ago than they are kept.

        Raises:
            StoreError: The store cannot be written.
        """
        for job in self.read():
            is_old = job.updated_at < datetime.now(UTC) - KEPT
            if job.kind == "generation" and job.ended and is_old:
                forget_job(self._store, job.id)

    async def keep_short(self) -> None:
        """Forget what is old, again and again, until this is cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.forget)
            except StoreError:  # another time
                log.warning("old jobs cannot be removed", exc_info=True)
            await asyncio.sleep(FORGET_EVERY_S)
