"""Whether the service works, and what it plays with."""

from fastapi import APIRouter
from pydantic import BaseModel

from studio.service import Served

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """What the service is."""

    model: str
    backend: str
    sample_rate: int
    """Hz."""
    waiting: int
    """Jobs that wait for the model, or have it."""


@router.get("/health")
async def health(service: Served) -> Health:
    """Return whether the service works; the model is loaded when it is first needed."""
    return Health(
        model=service.model.id,
        backend=service.model.backend,
        sample_rate=service.model.sample_rate,
        waiting=len(service.queue.jobs()),
    )
