"""The app: its endpoints, and what stands before all of them."""

import importlib.metadata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI

from studio.guard import Guard
from studio.page import add_page
from studio.problems import answer_problems, problems
from studio.routes import (
    concepts,
    creations,
    generations,
    health,
    imports,
    impressions,
    jobs,
    melodies,
    models,
    playlists,
    session,
    shares,
    steering,
    uploads,
    variants,
)
from studio.service import Service
from studio.settings import StudioSettings

THREADS = 8
"""Requests that read and write files at once. Whenever one more thread begins, all others wait for
it, also those who only stream: with the 40 that are usual, for half a second."""


def create_app(settings: StudioSettings) -> FastAPI:
    """Return the service.

    Args:
        settings: Its limits, and the settings of all stages.

    Raises:
        ConfigError: A setting that cannot be used.
        StoreError: The store cannot be used.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        app.state.service = Service(settings)
        yield
        await app.state.service.close()

    app = FastAPI(
        title="Resonance studio",
        version=importlib.metadata.version("resonance"),
        lifespan=lifespan,
        docs_url=None,  # its page would load from another host
        redoc_url=None,
        responses=problems(400, 401, 403, 413, 422, 500, 503),
    )
    answer_problems(app)
    for routes in (
        health,
        session,
        models,
        jobs,
        generations,
        creations,
        imports,
        variants,
        shares,
        melodies,
        playlists,
        impressions,
        uploads,
        concepts,
        steering,
    ):
        app.include_router(routes.router)
    add_page(app)
    app.add_middleware(Guard, settings=settings)  # outermost
    return app
