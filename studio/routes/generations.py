"""Generations: a prompt, with whatever steers it, becomes a piece."""

import asyncio
from typing import Annotated
from uuid import uuid4

import soundfile
from fastapi import APIRouter, Header, Query, Response

from resonance_core.keys import sha256_text
from resonance_core.stages.directions import find_direction
from resonance_core.stages.generate import generate
from resonance_core.stages.retune import heard_of, retune
from resonance_core.store.concepts import known_concepts
from resonance_core.store.creations import Creation, load_creation, save_creation
from resonance_core.store.jobs import Job
from resonance_core.store.pieces import AUDIO
from studio.errors import ConflictError, UnusableError
from studio.idempotency import IdempotencyKey, once
from studio.problems import problems
from studio.queue import Work
from studio.routes.creations import sound_of
from studio.routes.jobs import JobView, accepted, find_job
from studio.service import Served, Service
from studio.wanted import Wanted

router = APIRouter(tags=["generations"])


@router.post(
    "/generations",
    status_code=202,
    response_model=JobView,
    responses={
        200: {"content": {"audio/wav": {}}, "description": "The piece, to those who wait"},
        **problems(404, 409, 429),
    },
)
async def generate_piece(
    wanted: Wanted,
    service: Served,
    response: Response,
    idempotency_key: IdempotencyKey = None,
    prefer: Annotated[str, Header()] = "",
    wait: Annotated[bool, Query()] = False,
) -> JobView | Response:
    """Make a piece: as a job, or at once with ``Prefer: wait`` or ``?wait=true``.

    With an ``Idempotency-Key`` the same request again is the same job.
    """
    job = await submit(wanted, None, service, idempotency_key)
    if not wait and "wait" not in prefer:
        return accepted(job, service, response)
    job = await _ended(job, service)
    if job.state != "completed":
        raise ConflictError(
            f"the generation is {job.state}: {job.reason}", "Correct it, and ask again"
        )
    assert job.result is not None
    creation = await asyncio.to_thread(load_creation, service.store, job.result)
    return await asyncio.to_thread(sound_of, creation, "wav", service)


async def submit(
    wanted: Wanted, parent: str | None, service: Service, idempotency_key: str | None = None
) -> Job:
    """Queue a generation, whose result will be a creation.

    Args:
        wanted: What is asked for.
        parent: The creation that it is a variant of.
        service: Has the queue.
        idempotency_key: Names the request, so that it is not done twice.

    Raises:
        BusyError: Too many jobs wait.
        ConfigError: There is no such slider.
        NotInStoreError: There is no such playlist.
        UnusableError: The piece is too long, the model lacks a layer, or the key names another
            request.
    """
    limit = service.settings.max_duration_s
    if wanted.duration_s > limit:
        raise UnusableError(
            f"{wanted.duration_s} s are more than {limit}",
            "Ask for less, or raise RESONANCE_STUDIO_MAX_DURATION_S",
        )
    await asyncio.to_thread(_check, wanted, service)
    asked = sha256_text(wanted.model_dump_json(exclude_unset=True) + (parent or ""))
    config, runtime = wanted.settings(service.config, service.model), service.runtime
    total = round(wanted.duration_s * service.model.sample_rate)

    def make(work: Work) -> str:
        work.begin()
        store, request = work.telling(service.store), wanted.request
        if wanted.playlist is not None and (wanted.steer or wanted.aggregate):
            request = retune(request, wanted.aggregate, config, store, runtime)
        outcome = generate(request, config, store, runtime, lambda audio: work.hear(audio, total))
        if outcome.hit:  # then it was not played to whoever listens
            file = service.store.path(outcome.record, AUDIO)
            audio, _ = soundfile.read(file, dtype="float32", always_2d=True)
            work.hear(audio.T, len(audio))
        creation = Creation(
            title=wanted.prompt,
            parent=parent,
            piece=outcome.record.key,
            request=wanted.model_dump(mode="json"),
        )
        save_creation(service.store, creation)
        return creation.id

    async def queue(named: str | None) -> Job:
        job = Job(id=named or str(uuid4()), kind="generation", request=asked, source=wanted.prompt)
        return service.queue.submit(job, make)

    return await once("generations", idempotency_key, asked, service, queue)


def _check(wanted: Wanted, service: Service) -> None:
    """Refuse what names a slider or a playlist that is not there."""
    for name in wanted.sliders:
        known_concepts(service.config.concept, service.store).check(name)
    if wanted.playlist is not None:
        find_direction(wanted.playlist, service.store)
        if wanted.aggregate is not None:
            heard_of(wanted.playlist, service.store)


async def _ended(job: Job, service: Service) -> Job:
    """Wait for a job to end.

    Raises:
        ConflictError: It takes too long; it goes on.
    """
    deadline = asyncio.get_running_loop().time() + service.settings.wait_s
    while service.queue.get(job.id) is not None:
        if asyncio.get_running_loop().time() > deadline:
            raise ConflictError(
                f"the piece is not made after {service.settings.wait_s} s; it goes on",
                f"Look for it at /jobs/{job.id}",
            )
        await asyncio.sleep(0.02)
    return await find_job(job.id, service)
