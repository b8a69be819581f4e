"""Idempotency keys: the same request sent twice is one job, also once that has ended."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import NAMESPACE_URL, uuid5

from fastapi import Header

from resonance_core.store.jobs import Job
from studio.errors import UnusableError
from studio.service import Service

IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=200)]


async def once(
    endpoint: str,
    key: str | None,
    asked: str,
    service: Service,
    submit: Callable[[str | None], Awaitable[Job]],
) -> Job:
    """Submit a request, or return the job of an earlier one with the same key.

    Args:
        endpoint: What is asked; each has keys of its own.
        key: Names the request; None for one that is another each time.
        asked: Digest of what is asked for, which the job carries.
        service: Has the jobs.
        submit: Makes a job, with the id that it gets or with one of its own.

    Raises:
        UnusableError: The key names another request.
    """
    if key is None:
        return await submit(None)
    named = str(uuid5(NAMESPACE_URL, f"{endpoint}/{key}"))
    async with service.submitting:  # or two at a time would both find none
        first = await service.find_job(named)
        if first is None:
            return await submit(named)
    if first.request != asked:
        raise UnusableError(
            f"the Idempotency-Key {key!r} names another request", "Use a new key for each request"
        )
    return first
