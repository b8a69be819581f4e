"""Variants: what becomes of a creation when something about it is changed, in numbers or words."""

import asyncio
import io
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field, Strict, TypeAdapter, ValidationError

from resonance_core.config import AggregateConfig
from resonance_core.config_file import explain
from resonance_core.stages.parcel import pack
from resonance_core.steering.intent.refine import Refinement, refine
from resonance_core.steering.intent.words import SLIDERS
from resonance_core.store.concepts import known_concepts
from resonance_core.store.creations import Creation, list_creations, load_creation
from resonance_core.store.store import Store
from studio.body import Body
from studio.idempotency import IdempotencyKey
from studio.problems import problems
from studio.routes.creations import sound_name
from studio.routes.generations import submit
from studio.routes.jobs import JobView, accepted
from studio.service import Served
from studio.wanted import Steer, Wanted

POSITIONS = TypeAdapter(dict[str, float])
"""Where sliders stand."""

router = APIRouter(prefix="/creations/{creation_id}", tags=["creations"])


class Change(Body):
    """What shall be different; what is left out stays."""

    prompt: str | None = None
    playlist: str | None = None
    strength: float | None = None
    sliders: dict[str, float] | None = None
    """Where all sliders stand."""
    seed: int | None = None
    duration_s: float | None = None
    continues: str | None = None
    """The key of a piece to go on from."""
    steer: Steer | str | None = None
    """How it is steered; None as the service has it."""
    aggregate: AggregateConfig | None = None
    """How the playlist's tracks are weighed; None as it was ingested."""
    takes: int | None = None
    """How many more, in one batch, with the seeds after those of earlier takes."""
    consent: bool = False
    """Agree to send the words, and what the playlist is like, to a model that is hosted."""


class Words(Body):
    """What somebody says of a piece."""

    text: str = Field(min_length=1)
    sliders: dict[str, Annotated[float, Strict(), Field(ge=-1, le=1)]] | None = None
    """Where the sliders stand; as the creation has them by default."""
    history: tuple[dict[str, float], ...] = ()
    """Where the sliders stood before each earlier text, so that one can be taken back."""


@router.post("/variants", status_code=202, responses=problems(404, 429))
async def vary(
    creation_id: str,
    change: Change,
    service: Served,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> JobView:
    """Make a piece again with something changed; with nothing changed it is the same again."""
    parent = await asyncio.to_thread(load_creation, service.store, creation_id)
    try:
        changes = change.model_dump(exclude_unset=True)
        wanted = await asyncio.to_thread(_changed, parent, changes, service.store)
    except ValidationError as error:
        raise explain(error, "the variant", Wanted) from error
    job = await submit(wanted, parent, change, service, idempotency_key)
    return accepted(job, service, response)


def _changed(parent: Creation, changes: dict[str, Any], store: Store) -> Wanted:
    before = Wanted.model_validate(parent.request)
    if not changes.keys() - {"consent"}:
        return before.model_copy(update=changes)
    asked = before.alone().model_dump()
    if "takes" in changes:
        takes = [before, *(one for one in _variants(parent, store) if one.is_take_of(before))]
        asked["seed"] = max(one.seed + one.takes for one in takes)
    return Wanted.model_validate({**asked, **changes})


def _variants(parent: Creation, store: Store) -> list[Wanted]:
    found = (one for one in list_creations(store) if one.parent == parent.id)
    return [Wanted.model_validate(one.request) for one in found]


@router.post("/refine", responses=problems(404))
def refine_creation(creation_id: str, words: Words, service: Served) -> Refinement:
    """Return where the sliders go if somebody says so; a variant then plays it."""
    creation = load_creation(service.store, creation_id)
    positions = words.sliders
    if positions is None:  # not the whole request is read: a recipe that it names may be gone
        positions = POSITIONS.validate_python(creation.request.get("sliders", {}))
    for name in positions:
        known_concepts(service.config.concept, service.store).check(name)
    # Words are understood of the seven only; others stay where they are.
    seven = {name: at for name, at in positions.items() if name in SLIDERS}
    found = refine(words.text, seven, words.history)
    others = {} if found.reset else {n: at for n, at in positions.items() if n not in SLIDERS}
    return found.model_copy(update={"positions": {**found.positions, **others}})


@router.get(
    "/export",
    responses={200: {"content": {"application/zip": {}}}, **problems(404)},
    response_class=Response,
)
def export(creation_id: str, service: Served) -> Response:
    """Return the WAV file of a creation, its sidecar, and what it takes to make it again.

    ``POST /creations`` takes it, here or elsewhere.
    """
    creation = load_creation(service.store, creation_id)
    packed = io.BytesIO()
    pack(creation, service.store, packed)
    named = f'attachment; filename="{sound_name(creation, "zip")}"'
    return Response(packed.getvalue(), 200, {"Content-Disposition": named}, "application/zip")
