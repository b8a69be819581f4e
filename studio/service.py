"""What the endpoints share: the store, the settings, and the queue."""

import asyncio
from typing import Annotated, cast

from fastapi import Depends, Request

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.models.registry import model_info
from resonance_core.store.jobs import Job, load_job
from resonance_core.store.open import open_store
from studio.door import Door
from studio.impressions import Impressions
from studio.ingests import Ingests
from studio.job_list import JobList
from studio.queue import Queue
from studio.settings import StudioSettings
from studio.watching import Watches


class Service:
    """One running service.

    Attributes:
        settings: Its limits.
        door: Lets in who has the key.
        config: The settings of all stages.
        model: What plays; the registry would have it wait while a model is loaded.
        runtime: The device.
        store: Holds everything that is kept.
        queue: What needs the model.
        ingests: Playlists that are listened to, in processes of their own.
        impressions: Playlists that are described, likewise.
        jobs: All jobs that the store knows.
        watches: The jobs that somebody watches.
        submitting: Held while a request that has a name of its own is looked for, and queued.
    """

    def __init__(self, settings: StudioSettings) -> None:
        self.settings = settings
        self.config: PipelineConfig = settings.pipeline.read()
        self.model = model_info(self.config.model)
        self.runtime = RuntimeConfig()
        self.store = open_store(self.runtime.store)
        self.door = Door(settings.api_key, self.store)
        self.queue = Queue(self.store, settings.max_jobs)
        self.jobs = JobList(self.store)
        self.ingests = Ingests(self.jobs, self.store, settings.pipeline, settings.max_jobs)
        self.impressions = Impressions(self.jobs, self.store, settings.pipeline, settings.max_jobs)
        self.processes = (self.ingests, self.impressions)
        self.watches = Watches()
        self.submitting = asyncio.Lock()
        self._forgetting = asyncio.create_task(self.jobs.keep_short())

    async def find_job(self, job_id: str) -> Job | None:
        """Return a job that waits, is worked on, or has ended; None where there is none."""
        if (work := self.queue.get(job_id)) is not None:
            return work.job  # without the store, for many may watch it
        works = next((kind for kind in self.processes if kind.has(job_id)), None)
        if works is not None and (job := await asyncio.to_thread(works.get, job_id)) is not None:
            return job
        # One that has ended meanwhile is in the store by now.
        return await asyncio.to_thread(load_job, self.store, job_id)

    async def close(self) -> None:
        """Cancel what is worked on."""
        self._forgetting.cancel()
        for kind in self.processes:
            await kind.close()
        await self.queue.close()


async def _service(request: Request) -> Service:  # a plain one would be a thread's work each time
    return cast(Service, request.app.state.service)


Served = Annotated[Service, Depends(_service)]
