"""What the endpoints share: the store, the settings, and the queue."""

from typing import Annotated, cast

from fastapi import Depends, Request

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.store.jobs import Job, close_lost_jobs
from resonance_core.store.open import open_store
from studio.impressions import Impressions
from studio.ingests import Ingests
from studio.queue import Queue
from studio.settings import StudioSettings


class Service:
    """One running service.

    Attributes:
        settings: Its limits.
        config: The settings of all stages.
        runtime: The device.
        store: Holds everything that is kept.
        queue: What needs the model.
        ingests: Playlists that are listened to, in processes of their own.
        impressions: Playlists that are described, likewise.
    """

    def __init__(self, settings: StudioSettings) -> None:
        self.settings = settings
        self.config: PipelineConfig = settings.pipeline.read()
        self.runtime = RuntimeConfig()
        self.store = open_store(self.runtime.store)
        self.queue = Queue(self.store, settings.max_jobs)
        self.ingests = Ingests(self.store, settings.pipeline, settings.max_jobs)
        self.impressions = Impressions(self.store, settings.pipeline, settings.max_jobs)
        self.processes = (self.ingests, self.impressions)
        close_lost_jobs(self.store)  # of a service that was killed

    def running(self, job_id: str) -> Job | None:
        """Return a job that goes on in a process of its own, as far as that has told."""
        found = (kind.get(job_id) for kind in self.processes)
        return next((job for job in found if job is not None), None)

    async def close(self) -> None:
        """Cancel what is worked on."""
        for kind in self.processes:
            await kind.close()
        await self.queue.close()


def _service(request: Request) -> Service:
    return cast(Service, request.app.state.service)


Served = Annotated[Service, Depends(_service)]
