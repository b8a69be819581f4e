"""Jobs: list, watch and cancel what takes long."""

import struct
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from resonance_core.keys import sha256_text
from resonance_core.store.jobs import FINAL, Job, JobKind, load_job
from studio.errors import ConflictError, UnknownError
from studio.job_list import Outline
from studio.paths import source_in_words, without_folders
from studio.problems import problems
from studio.queue import Work
from studio.service import Served, Service
from studio.watching import Seen

router = APIRouter(prefix="/jobs", tags=["jobs"])

PLACES: dict[JobKind, str] = {
    "generation": "/creations/",
    "ingest": "/playlists/",
    "concept": "/concepts/",
    "calibration": "/concepts/",
    "impression": "/impressions/",
}
"""Where results are found."""


class JobView(Job):
    """A job, and where it stands."""

    position: int | None = None
    """How many jobs have the model before it; None where it does not wait for it."""
    location: str | None = None
    """Where what it led to is found, once it is completed."""


def view(job: Job, service: Service) -> JobView:
    """Return a job as it is answered, without a path of this machine."""
    shown = job.model_dump(exclude={"counts"})
    if job.kind in ("ingest", "impression"):
        shown["source"] = source_in_words(job.source, len(job.tracks))
    for told in (shown, *shown["tracks"]):
        told["reason"] = told["reason"] and without_folders(told["reason"])
    found = PLACES[job.kind] + job.result if job.result and job.state == "completed" else None
    # One that has just ended stands in the queue until its file says so.
    position = None if job.state in FINAL else service.queue.position(job.id)
    return JobView(**shown, position=position, location=found)


def accepted(job: Job, service: Service, response: Response) -> JobView:
    """Return the answer to a request that became a job: where to look for it, and when."""
    response.status_code = 202
    response.headers["Location"] = f"/jobs/{job.id}"
    response.headers["Retry-After"] = "1"
    return view(job, service)


async def find_job(job_id: str, service: Served) -> Job:
    """Return a job of this service, or one that the store knows.

    Raises:
        UnknownError: There is none.
    """
    if (job := await service.find_job(job_id)) is not None:
        return job
    raise UnknownError(f"there is no job {job_id!r}", "List them: GET /jobs")


Found = Annotated[Job, Depends(find_job)]


@router.get("")
def all_jobs(
    service: Served,
    parent: str | None = None,
    active: bool = False,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[JobView]:
    """List the jobs, the newest first; those of the command line, too.

    With ``parent`` those only that make variants of a creation, with ``active`` those only that
    have not ended. The job of a piece is forgotten a day after it has ended.
    """
    here = {job.id: job for job in service.queue.jobs()}
    here |= {job.id: job for kind in service.processes for job in kind.jobs()}
    known = {one.id: one for one in service.jobs.read()}
    known |= {job.id: Outline.of(job) for job in here.values()}
    found = [
        one for one in known.values() if parent in (None, one.parent) and not (active and one.ended)
    ]
    newest = sorted(found, key=lambda one: one.created_at, reverse=True)[offset : offset + limit]
    jobs = (here.get(one.id) or load_job(service.store, one.id) for one in newest)
    return [view(job, service) for job in jobs if job is not None]


@router.get("/{job_id}", responses=problems(404))
async def one_job(job: Found, service: Served) -> JobView:
    """Return how far a job is."""
    return view(job, service)


@router.get("/{job_id}/events", responses=problems(404), response_class=EventSourceResponse)
async def events(
    job: Found, service: Served, last_event_id: Annotated[str | None, Header()] = None
) -> AsyncIterator[ServerSentEvent]:
    """Send the job whenever it has changed, until it has ended.

    Every event is the whole job, and its id says which; so whoever comes back with the last id
    that was seen misses nothing, also after the service was started again.
    """

    async def look() -> Seen:
        now = await find_job(job.id, service)
        shown = view(now, service)
        version = sha256_text(shown.model_dump_json(exclude={"updated_at"}))[:16]
        return Seen(version, shown.model_dump_json(), now.state in FINAL)

    async for seen in service.watches.follow(job.id, last_event_id, look):
        yield ServerSentEvent(raw_data=seen.job, event="job", id=seen.version)


@router.get(
    "/{job_id}/audio",
    responses={
        200: {"description": "The sound so far, and what follows", "content": {"audio/wav": {}}},
        303: {
            "description": "Where all of it is",
            "headers": {"Location": {"schema": {"type": "string"}}},
        },
        **problems(404, 409),
    },
    response_class=StreamingResponse,
)
async def audio(job: Found, service: Served) -> Response:
    """Play the piece while it is made, as a WAV stream without an end in its header.

    Once it is made, the answer names the place where all of it is.
    """
    if job.kind != "generation" or job.state in ("failed", "cancelled"):
        raise ConflictError(f"the {job.kind} is {job.state} and has no sound", "Ask for another")
    if (work := service.queue.get(job.id)) is None:
        return RedirectResponse(f"/creations/{job.result}/audio", 303)
    stream = _stream(work, service.model.sample_rate, service.model.channels)
    return StreamingResponse(stream, media_type="audio/wav")


@router.delete("/{job_id}", status_code=202, responses=problems(404, 409))
async def cancel(job: Found, service: Served) -> JobView:
    """Cancel a job: one that waits at once, one that has the model at the model's next frame.

    The process of an ingest or an impression ends.
    """
    works = next((kind for kind in service.processes if kind.has(job.id)), None)
    if works is not None and job.state not in FINAL:  # or it has ended, and its process will
        works.stop(job.id)
    elif (work := service.queue.get(job.id)) is not None:
        work.stop()
    else:
        raise ConflictError(
            f"the job is {job.state} and not worked on here",
            "Only jobs that this service works on can be cancelled",
        )
    return view(job, service)


async def _stream(work: Work, rate: int, channels: int) -> AsyncIterator[bytes]:
    unknown = 0xFFFFFFFF  # as players take it for a stream
    yield struct.pack("<4sI4s", b"RIFF", unknown, b"WAVE")
    yield struct.pack(
        "<4sIHHIIHH", b"fmt ", 16, 1, channels, rate, 2 * channels * rate, 2 * channels, 16
    )
    yield struct.pack("<4sI", b"data", unknown)
    sent = 0
    while True:
        changed, ended = work.changed, work.job.state in FINAL
        while sent < len(work.sound):
            yield work.sound[sent]
            sent += 1
        if ended:
            return
        await changed.wait()
