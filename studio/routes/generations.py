"""Generations: a prompt, with whatever steers it, becomes a piece."""

import asyncio
from collections.abc import Sequence
from typing import Annotated
from uuid import uuid4

import soundfile
from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel

from flows.hosted import hosted_access, to_be_sent
from resonance_core.config import PipelineConfig
from resonance_core.consent import ConsentError
from resonance_core.keys import sha256_text
from resonance_core.models.base import Pieces
from resonance_core.models.lyria import LOCALLY
from resonance_core.stages.directions import find_direction
from resonance_core.stages.generate import generate_takes
from resonance_core.stages.ingredients import find_piece
from resonance_core.stages.retune import heard_of, retune
from resonance_core.store.concepts import known_concepts
from resonance_core.store.creations import Creation, load_creation, save_creation
from resonance_core.store.jobs import Job
from resonance_core.store.pieces import AUDIO
from studio.errors import ConflictError, UnusableError
from studio.idempotency import IdempotencyKey, once
from studio.problems import problems
from studio.queue import Work
from studio.routes.creations import TOLD, sound_of
from studio.routes.jobs import JobView, accepted, find_job
from studio.service import Served, Service
from studio.wanted import Wanted

router = APIRouter(tags=["generations"])


@router.post(
    "/generations",
    status_code=202,
    response_model=JobView,
    responses={
        200: {
            "content": {"audio/wav": {}},
            "description": "The piece, to those who wait",
            "headers": TOLD,
        },
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

    Of several takes the first is heard while they are made, and is the answer to who waits.

    With an ``Idempotency-Key`` the same request again is the same job.
    """
    job = await submit(wanted, None, wanted, service, idempotency_key)
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
    wanted: Wanted,
    parent: Creation | None,
    sent: BaseModel,
    service: Service,
    idempotency_key: str | None = None,
) -> Job:
    """Queue a generation, each take of which will be a creation.

    Args:
        wanted: What is asked for.
        parent: The creation that they are variants of.
        sent: The request as it came: what is wanted may also depend on earlier takes.
        service: Has the queue.
        idempotency_key: Names the request, so that it is not done twice.

    Raises:
        BusyError: Too many jobs wait.
        ConfigError: There is no such slider.
        ConsentError: The model is hosted, and nobody agreed to what it would be sent.
        NotInStoreError: There is no such playlist, or no such piece to go on from.
        UnusableError: The piece is too long, the model lacks a layer, or the key names another
            request.
    """
    config, runtime = wanted.settings(service.config, service.model), service.runtime
    seconds = await asyncio.to_thread(_check, wanted, config, service)
    of = None if parent is None else parent.id
    asked = sha256_text(sent.model_dump_json(exclude_unset=True) + (of or ""))
    total = round(seconds * service.model.sample_rate)
    first_take = wanted.kept[0]
    is_named = parent is not None and parent.request["prompt"] == wanted.prompt
    title = parent.title if parent is not None and is_named else wanted.prompt

    def make(work: Work) -> str:
        work.begin()
        store, request = work.telling(service.store), wanted.request
        if wanted.playlist is not None and (wanted.steer or wanted.aggregate):
            request = retune(request, wanted.aggregate, config, store, runtime)

        def hear(rows: Sequence[int], audio: Pieces) -> None:
            work.check()
            if first_take in rows:
                work.hear(audio[list(rows).index(first_take)], total)

        access = hosted_access(config, wanted.consent)
        made = generate_takes(request, wanted.takes, config, store, runtime, hear, access)
        if not work.sound:  # it was there already, and not played to whoever listens
            file = service.store.path(made[first_take].record, AUDIO)
            audio, _ = soundfile.read(file, dtype="float32", always_2d=True)
            work.hear(audio.T, len(audio))
        for take in wanted.kept:
            # One of several is asked for with its batch, or rounding might make it another.
            which = wanted.model_copy(update={"take": take}) if wanted.takes > 1 else wanted
            creation = Creation(
                title=title,
                parent=of,
                piece=made[take].record.key,
                # Whoever makes a variant is asked again.
                request=which.model_dump(mode="json", exclude={"consent"}),
            )
            save_creation(service.store, creation)
            work.job.creations.append(creation.id)
        return work.job.creations[0]

    async def queue(named: str | None) -> Job:
        job = Job(
            id=named or str(uuid4()),
            kind="generation",
            request=asked,
            source=wanted.prompt,
            parent=of,
        )
        return service.queue.submit(job, make)

    return await once("generations", idempotency_key, asked, service, queue)


def _check(wanted: Wanted, config: PipelineConfig, service: Service) -> float:
    """Return the piece's length in seconds.

    What is too long, names what is not there, or would be sent unasked, is refused.
    """
    limit, seconds = service.settings.max_duration_s, wanted.duration_s
    if wanted.continues is not None:
        seconds += find_piece(wanted.continues, service.store).info["duration_s"]
    if seconds > limit:
        raise UnusableError(
            f"{seconds} s are more than {limit}",
            "Ask for less, or raise RESONANCE_STUDIO_MAX_DURATION_S",
        )
    for name in wanted.sliders:
        known_concepts(service.config.concept, service.store).check(name)
    if wanted.playlist is not None:
        find_direction(wanted.playlist, service.store)
        if wanted.aggregate is not None:
            heard_of(wanted.playlist, service.store)
    if not wanted.consent:
        sending = to_be_sent(wanted.request, wanted.takes, config, service.store)
        if sending is not None:
            raise ConsentError(sending, f"Agree to it with consent: true, or {LOCALLY}")
    return seconds


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
