"""Jobs that are commands, each in a process of its own, which can be ended at any time."""

import asyncio
import contextlib
import json
import os
import signal
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import ClassVar
from uuid import uuid4

from flows.settings import Settings
from resonance_core.keys import sha256_text
from resonance_core.store.jobs import FINAL, Job, JobKind, load_job, save_job
from resonance_core.store.store import Store
from studio.errors import BusyError
from studio.job_list import JobList

ENDS_S = 10.0
"""How long a process may take to end, in seconds."""
CANCELLED = "cancelled; what was finished is kept, and found when it is asked for again"


class Processes(ABC):
    """The jobs of one kind that this service has started and that go on.

    A command keeps the job that ``RESONANCE_JOB`` names, so that it tells how far it is.

    Attributes:
        kind: Of the jobs.
    """

    kind: ClassVar[JobKind]

    def __init__(self, known: JobList, store: Store, pipeline: Settings, limit: int) -> None:
        self._known = known
        self._store = store
        self._pipeline = pipeline
        self._limit = limit
        self._jobs: dict[str, Job] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @abstractmethod
    def command(self, job: Job) -> Sequence[str]:
        """Return what to run for a job, without settings and source."""

    def request(self, source: str, name: str | None) -> str:
        """Return the digest of a request for a job."""
        settings = self._pipeline.model_dump(mode="json")
        return sha256_text(json.dumps([self.kind, source, name, settings]))

    async def submit(self, source: str, name: str | None, named: str | None = None) -> Job:
        """Start a job, or join the one of the same that goes on.

        Args:
            source: A web address, or the path of what the service holds.
            name: How it shall be known, where its kind has names.
            named: The id of a job that joins no other; by default it has a new one.

        Raises:
            BusyError: Too many go on already.
        """
        asked = self.request(source, name)
        if named is None:
            others = await asyncio.to_thread(self._going, asked)
            same = (job for job in self._jobs.values() if job.request == asked)
            if (job := next(chain(same, others), None)) is not None:
                return job
        if len(self._jobs) >= self._limit:
            raise BusyError(
                f"{len(self._jobs)} jobs of the kind {self.kind} go on",
                "Ask again when one has ended",
            )
        job = Job(id=named or str(uuid4()), kind=self.kind, request=asked, source=source, name=name)
        self._jobs[job.id] = job
        self._tasks[job.id] = asyncio.create_task(self._run(job))
        return job

    def has(self, job_id: str) -> bool:
        """Say whether a job goes on here."""
        return job_id in self._jobs

    def get(self, job_id: str) -> Job | None:
        """Return a job that goes on, as far as its process has told."""
        if (job := self._jobs.get(job_id)) is None:
            return None
        return load_job(self._store, job_id) or job.model_copy()

    def jobs(self) -> list[Job]:
        """Return the jobs that go on."""
        return [job for job_id in list(self._jobs) if (job := self.get(job_id)) is not None]

    def stop(self, job_id: str) -> None:
        """Cancel a job: its process ends, and all that it started."""
        _cancel(self._tasks[job_id])

    async def close(self) -> None:
        """Cancel all jobs, and wait until their processes have ended."""
        tasks = list(self._tasks.values())
        for task in tasks:
            _cancel(task)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _going(self, asked: str) -> list[Job]:
        """Return the jobs of a request that go on, here or elsewhere."""
        known = (one for one in self._known.read() if one.request == asked and not one.ended)
        found = (load_job(self._store, one.id) for one in known)
        return [job for job in found if job is not None and job.state not in FINAL]

    async def _run(self, job: Job) -> None:
        reason = CANCELLED
        try:
            with contextlib.suppress(asyncio.CancelledError):
                reason = await self._work(job)
            kept = await asyncio.to_thread(load_job, self._store, job.id) or job.model_copy()
            if kept.state not in FINAL or (reason == CANCELLED and kept.state != "completed"):
                kept.state = "cancelled" if reason == CANCELLED else "failed"
                kept.reason, kept.ended_at = reason, datetime.now(UTC)
                await asyncio.to_thread(save_job, self._store, kept)
        finally:
            del self._jobs[job.id], self._tasks[job.id]

    async def _work(self, job: Job) -> str:
        """Run the command to its end, and return why it failed, if it did."""
        options = ["--config", self._pipeline.config]
        for override in self._pipeline.overrides:
            options += ["--set", override]
        try:
            process = await asyncio.create_subprocess_exec(
                *(*self.command(job), *options, "--", job.source),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={
                    **os.environ,
                    "RESONANCE_JOB": job.id,
                    "RESONANCE_REQUEST": job.request or "",
                    "RESONANCE_PUBLIC_ONLY": "true",
                },
                start_new_session=True,
            )
        except OSError as refusal:
            return f"its process cannot be started ({refusal.strerror}); ask again"
        try:
            printed, _ = await process.communicate()
        finally:
            await _end(process)
        try:
            error = json.loads(printed)["error"]
            return f"{error['problem']}. {error['remedy']}"
        except (ValueError, KeyError):
            return f"its process ended with {process.returncode}; see the run in Prefect"


def _cancel(task: asyncio.Task[None]) -> None:
    if not task.cancelling():  # a second time would break off ending the process
        task.cancel()


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a process that runs, and what it started, with force if it takes long."""
    for number in (signal.SIGTERM, signal.SIGKILL):  # the second for what outlived the first
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), ENDS_S)
