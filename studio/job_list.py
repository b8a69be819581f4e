"""The jobs of the store: of pieces there is one for each move of a slider, and they add up."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from resonance_core.errors import StoreError
from resonance_core.store.jobs import FINAL, Job, forget_job, list_jobs
from resonance_core.store.store import Store

KEPT = timedelta(days=1)
"""How long the job of a piece is known after it has ended; the piece stays."""
FORGET_EVERY_S = 3600.0
"""How often the older ones are looked for, in seconds."""

log = logging.getLogger(__name__)


class JobList:
    """All jobs of a store. Those of pieces that have ended stay as they are, and are read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ended: dict[str, Job] = {}

    def read(self) -> list[Job]:
        """Return all jobs, the newest first."""
        jobs = list_jobs(self._store, self._ended)
        self._ended = {
            job.id: job for job in jobs if job.kind == "generation" and job.state in FINAL
        }
        return jobs

    def forget(self) -> None:
        """Remove the jobs of pieces that ended longer ago than they are kept.

        Raises:
            StoreError: The store cannot be written.
        """
        self.read()
        for job in list(self._ended.values()):
            if job.updated_at < datetime.now(UTC) - KEPT:
                forget_job(self._store, job)

    async def keep_short(self) -> None:
        """Forget what is old, again and again, until this is cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.forget)
            except StoreError:  # another time
                log.warning("old jobs cannot be removed", exc_info=True)
            await asyncio.sleep(FORGET_EVERY_S)
