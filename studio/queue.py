"""The queue of what needs the model: one job at a time, in one thread, in the order they came."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, asynccontextmanager
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from resonance_core.cancellation import cancellable
from resonance_core.store.jobs import Job, RunningJob, running_job
from resonance_core.store.store import Store
from studio.errors import BusyError
from studio.steps import STEPS

Entered = TypeVar("Entered")

log = logging.getLogger(__name__)


class StoppedError(BaseException):
    """Somebody cancelled the job; no error, and nothing catches it on its way."""

    def __str__(self) -> str:
        return "cancelled; nothing of it is kept"


class Work:
    """A job of this process, while it waits or is worked on.

    Attributes:
        job: How far it is.
        changed: Is set, and another one put in its place, when there is more to hear, or it has
            ended.
        sound: What of its piece can be heard: stretches of 16-bit samples, from the start; of more
            channels, their samples alternate.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.sound: list[bytes] = []
        self.changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._running: Future[RunningJob] = Future()
        self._future: Future[str] | None = None
        self._stopped = threading.Event()

    def begin(self) -> None:
        """Say that its turn has come."""
        self.check()
        self._running.result().move_to("generating")

    def check(self) -> None:
        """End the work if the job was cancelled.

        Raises:
            StoppedError: It was.
        """
        if self._stopped.is_set():
            raise StoppedError

    def telling(self, store: Store) -> Store:
        """Return the same store, which says of the job what is being prepared for it."""
        return store.telling(lambda stage: self._running.result().at(STEPS.get(stage)))

    def hear(self, audio: NDArray[np.float32], total: int) -> None:
        """Take the next stretch of a piece.

        Args:
            audio: Samples, full scale 1, ``[channels, samples]``.
            total: How many the piece will have.

        Raises:
            StoppedError: The job was cancelled.
        """
        self.check()
        if audio.shape[1] == 0:
            return
        self.sound.append((np.clip(audio.T, -1, 1) * 32767).astype("<i2").tobytes())
        heard = sum(map(len, self.sound)) // 2 // len(audio)
        self._running.result().play(min(1.0, heard / total))
        self._loop.call_soon_threadsafe(self.tell)

    def tell(self) -> None:
        """Wake up those who wait for a change."""
        told, self.changed = self.changed, asyncio.Event()
        told.set()

    def stop(self) -> None:
        """Cancel the job: at once while it waits, else at the next frame."""
        self._stopped.set()
        if self._future is not None:
            self._future.cancel()

    async def run(
        self, store: Store, device: ThreadPoolExecutor, do: Callable[["Work"], str]
    ) -> None:
        """Wait for the device, do the work there, and keep how it ended."""
        self._future = device.submit(self._do, do)  # first: the device takes all in their order
        try:
            async with in_thread(running_job(store, self.job, "queued")) as running:
                self._running.set_result(running)
                try:
                    running.end_with(await asyncio.wrap_future(self._future))
                except asyncio.CancelledError:
                    raise StoppedError from None
        except BaseException as error:
            if not self._running.done():
                self._running.set_exception(error)
            raise
        finally:
            self.tell()

    def _do(self, do: Callable[["Work"], str]) -> str:
        with cancellable(self.check):
            return do(self)


@asynccontextmanager
async def in_thread(context: AbstractContextManager[Entered]) -> AsyncIterator[Entered]:
    """Enter and leave a context in a thread: others go on while it reads and writes files."""
    entered = await asyncio.to_thread(context.__enter__)
    try:
        yield entered
    except BaseException as error:
        if not await asyncio.to_thread(context.__exit__, type(error), error, error.__traceback__):
            raise
    else:
        await asyncio.to_thread(context.__exit__, None, None, None)


class Queue:
    """Jobs that wait for the device, and the one that has it."""

    def __init__(self, store: Store, limit: int) -> None:
        self._store = store
        self._limit = limit
        self._device = ThreadPoolExecutor(1, thread_name_prefix="device")
        self._works: dict[str, Work] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(self, job: Job, do: Callable[[Work], str]) -> Job:
        """Queue a job.

        Args:
            job: What shall be done.
            do: Does it, and returns what it led to.

        Raises:
            BusyError: Too many wait already.
        """
        if len(self._works) >= self._limit:
            raise BusyError(f"{len(self._works)} jobs wait already", "Ask again when one has ended")
        work = self._works[job.id] = Work(job)
        task = asyncio.create_task(self._run(work, do))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    def get(self, job_id: str) -> Work | None:
        """Return a job that waits or is worked on."""
        return self._works.get(job_id)

    def jobs(self) -> list[Job]:
        """Return the jobs that wait or are worked on, in their order."""
        return [work.job for work in list(self._works.values())]  # from any thread

    def position(self, job_id: str) -> int | None:
        """Return how many jobs come before one; None for one that does not wait."""
        order = list(self._works)
        return order.index(job_id) if job_id in order else None

    async def close(self) -> None:
        """Cancel all jobs, and wait until the device is free."""
        for work in self._works.values():
            work.stop()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._device.shutdown()

    async def _run(self, work: Work, do: Callable[[Work], str]) -> None:
        try:
            await work.run(self._store, self._device, do)
        except StoppedError:
            pass  # its record says so
        except Exception:
            log.warning("job %s failed", work.job.id, exc_info=True)
        finally:
            del self._works[work.job.id]
