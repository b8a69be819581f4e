"""Concepts: the sliders' directions, and those that listeners make from prompts of their own."""

from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from resonance_core.config import PipelineConfig
from resonance_core.errors import NotInStoreError
from resonance_core.keys import sha256_text
from resonance_core.stages.calibrate import calibrate
from resonance_core.stages.concept import concept, find_concept
from resonance_core.stages.concept_record import CONCEPT
from resonance_core.steering.calibrate import StrengthRange
from resonance_core.steering.concept_file import PLACE, Concept, ConceptFile, load_concepts
from resonance_core.store.jobs import Job
from resonance_core.store.records import Record
from studio.body import Body
from studio.errors import UnknownError
from studio.problems import problems
from studio.queue import Work
from studio.routes.jobs import JobView, accepted
from studio.service import Served, Service

router = APIRouter(prefix="/concepts", tags=["concepts"])
Prompt = Annotated[str, Field(min_length=1, max_length=500)]


class Pairs(Body):
    """A concept from prompts that differ in one thing only."""

    name: str = Field(pattern="^[a-z0-9-]{1,40}$")
    pairs: list[tuple[Prompt, Prompt]] = Field(min_length=2, max_length=64)
    """Low and high."""


class ConceptView(BaseModel):
    """A concept, and what is known of its direction."""

    name: str
    label: str
    slider: bool
    """Whether generations can move it by its name."""
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
    """List the sliders, and then the other concepts that the store holds."""
    file = load_concepts(service.config.concept.file)
    found = [_slider(name, file, service) for name in file.concepts]
    known = {one.key for one in found}
    others = (record for record in service.store.records(CONCEPT.name) if record.key not in known)
    return found + [_view(record, record.info["name"], False, service) for record in others]


@router.post("", status_code=202, responses=problems(429))
async def make_concept(wanted: Pairs, service: Served, response: Response) -> JobView:
    """Make a direction from pairs of prompts, and measure what of it can be used on both sides."""
    made_from = Concept(label=wanted.name, words=tuple(wanted.pairs))
    file = ConceptFile(frames=(PLACE,), concepts={wanted.name: made_from})
    of = service.config.concept.model_copy(update={"pairs": len(wanted.pairs)})
    config = service.config.model_copy(update={"concept": of})
    job = _submit(wanted.name, file, config, "concept", service)
    return accepted(job, service, response)


@router.post("/{name}/calibration", status_code=202, responses=problems(404, 429))
async def calibrate_concept(name: str, service: Served, response: Response) -> JobView:
    """Measure what of a slider can be used on both sides; its direction is made if it must be."""
    file = load_concepts(service.config.concept.file)
    if name not in file.concepts:
        raise UnknownError(f"there is no slider {name!r}", f"Known are {', '.join(file.concepts)}")
    job = _submit(name, file, service.config, "calibration", service)
    return accepted(job, service, response)


@router.get("/{key}", responses=problems(404))
def one_concept(key: str, service: Served) -> ConceptView:
    """Return what is known of a concept, by its name or the key of its direction."""
    file = load_concepts(service.config.concept.file)
    if key in file.concepts:
        return _slider(key, file, service)
    record = service.store.get(key)
    if record.stage != CONCEPT.name:
        raise UnknownError(f"{key[:12]} is no concept", "List them: GET /concepts")
    return _view(record, record.info["name"], False, service)


def _submit(
    name: str,
    file: ConceptFile,
    config: PipelineConfig,
    kind: Literal["concept", "calibration"],
    service: Service,
) -> Job:
    asked = sha256_text(f"{kind} {file.concepts[name].model_dump_json()}")
    for job in service.queue.jobs():
        if job.request == asked:
            return job

    def make(work: Work) -> str:
        work.begin()
        direction = concept(name, file, config, service.store, service.runtime).record
        for sign in (-1, 1):
            calibrate(direction, config, service.store, service.runtime, sign)
        return direction.key

    return service.queue.submit(Job(id=str(uuid4()), kind=kind, request=asked, source=name), make)


def _slider(name: str, file: ConceptFile, service: Service) -> ConceptView:
    record = find_concept(name, file, service.config, service.store, service.runtime)
    label = file.concepts[name].label
    if record is None:
        return ConceptView(name=name, label=label, slider=True, key=None)
    return _view(record, label, True, service)


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
