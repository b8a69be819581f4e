"""What the endpoints share: the store, the settings, and the queue."""

import asyncio
from typing import Annotated, cast

from fastapi import Depends, Request

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.models.registry import model_info
from resonance_core.store.jobs import close_lost_jobs
from resonance_core.store.open import open_store
from studio.ingests import Ingests
from studio.queue import Queue
from studio.settings import StudioSettings
from studio.watching import Watches


class Service:
    """One running service.

    Attributes:
        settings: Its limits.
        config: The settings of all stages.
        model: What plays; the registry would have it wait while a model is loaded.
        runtime: The device.
        store: Holds everything that is kept.
        queue: What needs the model.
        ingests: What runs in processes of its own.
        watches: The jobs that somebody watches.
        submitting: Held while a request that has a name of its own is looked for, and queued.
    """

    def __init__(self, settings: StudioSettings) -> None:
        self.settings = settings
        self.config: PipelineConfig = settings.pipeline.read()
        self.model = model_info(self.config.model)
        self.runtime = RuntimeConfig()
        self.store = open_store(self.runtime.store)
        self.queue = Queue(self.store, settings.max_jobs)
        self.ingests = Ingests(self.store, settings.pipeline, settings.max_jobs)
        self.watches = Watches()
        self.submitting = asyncio.Lock()
        close_lost_jobs(self.store)  # of a service that was killed

    async def close(self) -> None:
        """Cancel what is worked on."""
        await self.ingests.close()
        await self.queue.close()


def _service(request: Request) -> Service:
    return cast(Service, request.app.state.service)


Served = Annotated[Service, Depends(_service)]
