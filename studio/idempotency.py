"""Idempotency keys: the same request sent twice is one job, also once that has ended."""

from typing import Annotated
from uuid import NAMESPACE_URL, uuid5

from fastapi import Header

from resonance_core.store.jobs import Job, load_job
from studio.errors import UnusableError
from studio.service import Service

IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=200)]


def job_id(endpoint: str, key: str | None) -> str | None:
    """Return the id of the job that a request with a key becomes; None without a key."""
    return None if key is None else str(uuid5(NAMESPACE_URL, f"{endpoint}/{key}"))


def first_job(named: str | None, asked: str, service: Service) -> Job | None:
    """Return the job of an earlier request with the same key; None where this is the first.

    Args:
        named: The id that `job_id` gave.
        asked: Digest of what is asked for.
        service: Has the jobs.

    Raises:
        UnusableError: The key names another request.
    """
    if named is None:
        return None
    first = known_job(named, service)
    if first is not None and first.request != asked:
        raise UnusableError(
            "the Idempotency-Key names another request", "Use a new key for each request"
        )
    return first


def known_job(named: str, service: Service) -> Job | None:
    """Return a job that waits, is worked on, or has ended; None where there is none."""
    if (work := service.queue.get(named)) is not None:
        return work.job  # without the store, for many may watch it
    return service.running(named) or load_job(service.store, named)
