"""What the endpoints share: the store, the settings, and the queue."""

from typing import Annotated, cast

from fastapi import Depends, Request

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.store.jobs import close_lost_jobs
from resonance_core.store.open import open_store
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
        ingests: What runs in processes of its own.
    """

    def __init__(self, settings: StudioSettings) -> None:
        self.settings = settings
        self.config: PipelineConfig = settings.pipeline.read()
        self.runtime = RuntimeConfig()
        self.store = open_store(self.runtime.store)
        self.queue = Queue(self.store, settings.max_jobs)
        self.ingests = Ingests(self.store, settings.pipeline, settings.max_jobs)
        close_lost_jobs(self.store)  # of a service that was killed

    async def close(self) -> None:
        """Cancel what is worked on."""
        await self.ingests.close()
        await self.queue.close()


def _service(request: Request) -> Service:
    return cast(Service, request.app.state.service)


Served = Annotated[Service, Depends(_service)]
