"""Concepts: the sliders' directions, and those that listeners make from prompts of their own."""

import asyncio
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from resonance_core.errors import NotInStoreError
from resonance_core.keys import sha256_text
from resonance_core.models.capabilities import CAPABILITIES
from resonance_core.stages.calibrate import calibrate
from resonance_core.stages.concept import concept, find_concept
from resonance_core.stages.concept_record import CONCEPT
from resonance_core.steering.calibrate import StrengthRange
from resonance_core.steering.concept_file import Concept, ConceptFile, load_concepts
from resonance_core.store.concepts import known_concepts, remove_concept, save_concept
from resonance_core.store.jobs import Job
from resonance_core.store.records import Record
from studio.body import Body
from studio.errors import ConflictError, UnknownError
from studio.idempotency import IdempotencyKey, once
from studio.problems import problems
from studio.queue import Work
from studio.routes.jobs import JobView, accepted
from studio.service import Served, Service

router = APIRouter(prefix="/concepts", tags=["concepts"])
Prompt = Annotated[str, Field(min_length=1, max_length=500)]


class Pairs(Body):
    """A concept from prompts that differ in one thing only."""

    name: str = Field(pattern="^[a-z0-9-]{1,40}$")
    label: str | None = Field(None, min_length=1, max_length=60)
    """What people read; the name by default."""
    pairs: list[tuple[Prompt, Prompt]] = Field(min_length=2, max_length=64)
    """Low and high."""


class ConceptView(BaseModel):
    """A concept, and what is known of its direction."""

    name: str
    label: str
    slider: bool
    """Whether generations can move it by its name."""
    own: bool = False
    """Whether it is a listener's own, and can be removed."""
    key: str | None
    """Of its direction; None while it is not made."""
    layers: list[int] = []
    split_half: list[float] = []
    """Cosine of the directions of two halves of the pairs, for each layer."""
    agreement: list[float] = []
    """Mean cosine of two pairs, for each layer."""
    low: StrengthRange | None = None
    """What can be used towards low; None where nothing can, or it is not calibrated."""
    high: StrengthRange | None = None


@router.get("")
def all_concepts(service: Served) -> list[ConceptView]:
    """List the sliders, and then the other concepts that the store holds.

    A model that directions do not reach is told of its sliders in words, and has no others.
    """
    file = known_concepts(service.config.concept, service.store)
    found = [_slider(name, file, service) for name in file.concepts]
    if not _has_directions(service):
        return found
    known = {one.key for one in found}
    others = (record for record in service.store.records(CONCEPT.name) if record.key not in known)
    return found + [_view(record, record.info["name"], False, service) for record in others]


@router.post("", status_code=202, responses=problems(409, 429))
async def make_concept(
    wanted: Pairs,
    service: Served,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> JobView:
    """Make a direction from pairs of prompts, and measure what of it can be used on both sides.

    It is a slider from then on. With an ``Idempotency-Key`` the same request again is the same
    job, also once it has ended.
    """
    name, label = wanted.name, wanted.label or wanted.name
    made_from = Concept(label=label, prompts=tuple(wanted.pairs))
    file = ConceptFile(concepts={name: made_from})
    asked = _digest(name, file, "concept")
    all_known = await asyncio.to_thread(known_concepts, service.config.concept, service.store)
    known = all_known.concepts.get(name, made_from)
    named = [job for job in service.queue.jobs() if (job.kind, job.source) == ("concept", name)]
    if known.prompts != made_from.prompts or any(job.request != asked for job in named):
        raise ConflictError(
            f"there is a concept {name!r} already, made from something else",
            "Choose another name; one of your own can be removed: DELETE /concepts/NAME",
        )

    async def queue(named: str | None) -> Job:
        return _submit(name, file, "concept", service, named)

    job = await once("concepts", idempotency_key, asked, service, queue)
    return accepted(job, service, response)


@router.delete("/{name}", status_code=204, responses=problems(404))
def forget_concept(name: str, service: Served) -> None:
    """Take a slider of one's own away; its direction stays, and pieces that were made with it."""
    remove_concept(name, service.store)


@router.post("/{name}/calibration", status_code=202, responses=problems(404, 429))
async def calibrate_concept(name: str, service: Served, response: Response) -> JobView:
    """Measure what of a slider can be used on both sides; its direction is made if it must be."""
    file = known_concepts(service.config.concept, service.store)
    if name not in file.concepts:
        raise UnknownError(f"there is no slider {name!r}", f"Known are {', '.join(file.concepts)}")
    job = _submit(name, file, "calibration", service)
    return accepted(job, service, response)


@router.get("/{key}", responses=problems(404))
def one_concept(key: str, service: Served) -> ConceptView:
    """Return what is known of a concept, by its name or the key of its direction."""
    file = known_concepts(service.config.concept, service.store)
    if key in file.concepts:
        return _slider(key, file, service)
    record = service.store.get(key)
    if record.stage != CONCEPT.name:
        raise UnknownError(f"{key[:12]} is no concept", "List them: GET /concepts")
    sliders = (_slider(name, file, service) for name in file.concepts)
    own = next((slider for slider in sliders if slider.key == record.key), None)
    return own or _view(record, record.info["name"], False, service)


def _submit(
    name: str,
    file: ConceptFile,
    kind: Literal["concept", "calibration"],
    service: Service,
    named: str | None = None,
) -> Job:
    """Queue the making of a concept, or join the job of the same; one with an id joins none."""
    asked = _digest(name, file, kind)
    for job in service.queue.jobs():
        if named is None and job.request == asked:
            return job
    config, runtime = service.config, service.runtime

    def make(work: Work) -> str:
        work.begin()
        store = work.telling(service.store)
        direction = concept(name, file, config, store, runtime).record
        for sign in (-1, 1):
            calibrate(direction, config, store, runtime, sign)
        if kind == "concept":
            save_concept(name, file.concepts[name], service.store)
        return direction.key

    job = Job(id=named or str(uuid4()), kind=kind, request=asked, source=name)
    return service.queue.submit(job, make)


def _digest(name: str, file: ConceptFile, kind: str) -> str:
    return sha256_text(f"{kind} {name} {file.concepts[name].model_dump_json()}")


def _has_directions(service: Service) -> bool:
    return CAPABILITIES[service.model.backend].steer


def _slider(name: str, file: ConceptFile, service: Service) -> ConceptView:
    label = file.concepts[name].label
    own = name not in load_concepts(service.config.concept.file).concepts
    if not _has_directions(service):
        return ConceptView(name=name, label=label, slider=not own, own=own, key=None)
    record = find_concept(name, file, service.config, service.store, service.runtime)
    if record is None:
        return ConceptView(name=name, label=label, slider=True, own=own, key=None)
    return _view(record, label, True, service).model_copy(update={"name": name, "own": own})


def _view(record: Record, label: str, slider: bool, service: Service) -> ConceptView:
    known: dict[str, Any] = record.info
    low, high = (_range(record, sign, service) for sign in (-1, 1))
    return ConceptView(**known, label=label, slider=slider, key=record.key, low=low, high=high)


def _range(record: Record, sign: Literal[1, -1], service: Service) -> StrengthRange | None:
    store = service.store.read_only()
    try:
        found = calibrate(record, service.config, store, service.runtime, sign)
    except NotInStoreError:
        return None
    return found.record.info["range"]
