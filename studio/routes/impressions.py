"""Impressions: what a playlist is like, in seconds, for those who do not wait for the model."""

import asyncio

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from flows.describers import DescriberName
from resonance_core.consent import ConsentError
from resonance_core.describe.character import Description, PlaylistCharacter
from resonance_core.stages.describe import DESCRIBE
from resonance_core.store.concepts import known_concepts
from studio.body import Body
from studio.errors import UnknownError
from studio.idempotency import IdempotencyKey, once
from studio.impressions import clips_to_send
from studio.problems import problems
from studio.routes.jobs import JobView, accepted
from studio.service import Served
from studio.sources import find_source

router = APIRouter(prefix="/impressions", tags=["playlists"])
STEP = 0.05
"""The finest that sliders move on the page."""


class Glance(Body):
    """A playlist to be described."""

    source: str = Field(min_length=1, max_length=2000)
    """As of a playlist that is ingested."""
    describer: DescriberName = "local"
    """Who hears it; neither is the model that plays. ``gemini`` is Google's."""
    agreed: bool = False
    """Whether clips of the songs may be sent to whoever hears them."""


class Impression(BaseModel):
    """What a playlist is like: what to start from in place of its direction."""

    key: str
    describer: str
    prompt: str
    """Words for such music."""
    sliders: dict[str, float]
    """Where the sliders start; those that would stand at 0 are left out."""
    character: PlaylistCharacter


@router.post("", status_code=202, responses=problems(404, 429))
async def glance(
    wanted: Glance,
    service: Served,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> JobView:
    """Describe a playlist; the model hears nothing of it, and its direction is not made.

    Without ``agreed``, what would send clips of the songs is refused with what that would be.

    With an ``Idempotency-Key`` the same request again is the same job, also once it has ended.
    """
    source, impressions = await find_source(wanted.source, service), service.impressions
    if not wanted.agreed:
        to_send = (source, wanted.describer, service.config, service.store)
        if (sending := await asyncio.to_thread(clips_to_send, *to_send)) is not None:
            raise ConsentError(
                sending, "Agree to it with agreed: true, or have it described here: local"
            )
    asked = impressions.request(source, wanted.describer)
    job = await once(
        *("impressions", idempotency_key, asked, service),
        lambda named: impressions.submit(source, wanted.describer, named),
    )
    return accepted(job, service, response)


@router.get("/{key}", responses=problems(404))
def one_impression(key: str, service: Served) -> Impression:
    """Return what a playlist is like, as a prompt and slider positions."""
    record = service.store.get(key)
    if record.stage != DESCRIBE.name:
        raise UnknownError(f"{key[:12]} is no impression", "Make one: POST /impressions")
    concepts = known_concepts(service.config.concept, service.store)
    character = Description.model_validate(record.info).character
    levels = character.sliders(concepts)
    rounded = {name: round(round(level / STEP) * STEP, 2) for name, level in levels.items()}
    return Impression(
        key=record.key,
        describer=record.request.config["describer"],
        prompt=character.prompt(concepts),
        sliders={name: level for name, level in rounded.items() if level},
        character=character,
    )
