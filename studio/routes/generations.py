"""Generations: a prompt, with whatever steers it, becomes a piece."""

import asyncio
import secrets
from typing import Annotated
from uuid import NAMESPACE_URL, uuid4, uuid5

import soundfile
from fastapi import APIRouter, Header, Query, Response
from pydantic import Field

from resonance_core.keys import sha256_text
from resonance_core.stages.directions import find_direction
from resonance_core.stages.generate import generate
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.steering.concept_file import load_concepts
from resonance_core.store.creations import Creation, load_creation, save_creation
from resonance_core.store.jobs import Job, load_job
from resonance_core.store.pieces import AUDIO
from studio.errors import ConflictError, UnusableError
from studio.problems import problems
from studio.queue import Work
from studio.routes.creations import sound_of
from studio.routes.jobs import JobView, accepted, find_job
from studio.service import Served, Service

router = APIRouter(tags=["generations"])
IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=200)]


class Wanted(GenerationRequest):
    """What a listener asks for."""

    prompt: str = Field(min_length=1, max_length=2000)
    """What to play."""
    seed: int = Field(default_factory=lambda: secrets.randbelow(2**31), ge=0, lt=2**63)
    """The same seed plays the same piece; drawn if it is left out."""
    duration_s: float = Field(10.0, gt=0, le=600)
    """Length of the piece, in seconds."""

    @property
    def request(self) -> GenerationRequest:
        """What of it the core is asked for."""
        return GenerationRequest(**self.model_dump(exclude={"duration_s"}))


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
        UnusableError: The piece is too long, or the key names another request.
    """
    limit = service.settings.max_duration_s
    if wanted.duration_s > limit:
        raise UnusableError(
            f"{wanted.duration_s} s are more than {limit}",
            "Ask for less, or raise RESONANCE_STUDIO_MAX_DURATION_S",
        )
    await asyncio.to_thread(_check, wanted, service)
    asked = sha256_text(wanted.model_dump_json(exclude_unset=True) + (parent or ""))
    job = Job(id=str(uuid4()), kind="generation", request=asked, source=wanted.prompt)
    config = service.config.model_copy(
        update={
            "generate": service.config.generate.model_copy(update={"duration_s": wanted.duration_s})
        }
    )
    total = round(wanted.duration_s * service.model.sample_rate)

    def make(work: Work) -> str:
        work.begin()
        outcome = generate(
            wanted.request,
            config,
            service.store,
            service.runtime,
            lambda audio: work.hear(audio, total),
        )
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

    if idempotency_key is None:
        return service.queue.submit(job, make)
    job.id = str(uuid5(NAMESPACE_URL, f"generations/{idempotency_key}"))
    async with service.submitting:  # or two at a time would both find none
        first = await _known(job.id, service)
        if first is None:
            return service.queue.submit(job, make)
    if first.request != asked:
        raise UnusableError(
            f"the Idempotency-Key {idempotency_key!r} names another request",
            "Use a new key for each request",
        )
    return first


def _check(wanted: Wanted, service: Service) -> None:
    file = load_concepts(service.config.concept.file)
    for name in wanted.sliders:
        file.check(name)
    if wanted.playlist is not None:
        find_direction(wanted.playlist, service.store)


async def _known(job_id: str, service: Service) -> Job | None:
    """Return a job that waits, is worked on, or has ended; None where there is none."""
    if (work := service.queue.get(job_id)) is not None:
        return work.job
    return await asyncio.to_thread(load_job, service.store, job_id)


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
