"""Whether the service works, and what it plays with."""

from fastapi import APIRouter
from pydantic import BaseModel

from flows.describers import DescriberName, describers
from studio.paths import model_in_words
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
    describers: list[DescriberName]
    """Who can give a quick impression here; ``gemini`` where there is a key for it."""


@router.get("/health")
def health(service: Served) -> Health:
    """Return whether the service works; the model is loaded when it is first needed."""
    return Health(
        model=model_in_words(service.model.id),
        backend=service.model.backend,
        sample_rate=service.model.sample_rate,
        waiting=len(service.queue.jobs()),
        describers=describers(),
    )
