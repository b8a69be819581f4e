"""Creations: the library of pieces, and their sound."""

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field, StrictBool
from slugify import slugify

from resonance_core.audio.encode import Format
from resonance_core.stages.deliver import encoded, peaks
from resonance_core.store.creations import (
    Creation,
    family_of,
    group_families,
    list_creations,
    load_creation,
    remove_creation,
    save_creation,
)
from resonance_core.store.pieces import AUDIO
from resonance_core.store.records import Record
from studio.body import Body
from studio.paths import model_in_words, without_folders
from studio.problems import problems
from studio.service import Served, Service

router = APIRouter(prefix="/creations", tags=["creations"])
MEDIA_TYPES: dict[Format, str] = {
    "wav": "audio/wav",
    "flac": "audio/flac",
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
}


class CreationView(Creation):
    """A creation, and what is known of its piece."""

    made: dict[str, Any]
    """The piece's sidecar; of a model in a folder of the service, ``model.id`` is its name."""


class Page(BaseModel):
    """Some creations, the newest first."""

    total: int
    """How many there are on all pages: creations, or families."""
    creations: list[Creation]


class Edit(Body):
    """What a listener may change; what is left out stays."""

    title: str | None = Field(None, min_length=1, max_length=200)
    favourite: StrictBool | None = None


class Peaks(BaseModel):
    """A waveform to be drawn; full scale is 1."""

    seconds: float
    low: list[float]
    high: list[float]
    rms: list[float]


@router.get("")
def library(
    service: Served,
    search: Annotated[str, Query(max_length=200)] = "",
    favourites: bool = False,
    families: bool = False,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> Page:
    """List creations, those only whose title holds the words, or that are favourites.

    With ``families`` what came from the same one comes together and is counted as one.
    """
    words = search.casefold().split()
    found = [
        one
        for one in list_creations(service.store)
        if (one.favourite or not favourites) and all(word in one.title.casefold() for word in words)
    ]
    groups = group_families(found) if families else [[one] for one in found]
    return Page(total=len(groups), creations=list(chain(*groups[offset : offset + limit])))


KINDS: dict[str, dict[str, Any]] = {kind: {} for kind in MEDIA_TYPES.values()}
TOLD: dict[str, dict[str, Any]] = {
    name: {"description": what, "required": True, "schema": {"type": "string"}}
    for name, what in {
        "X-Request-Id": "The piece's key, by which the command line shows how it was made",
        "X-Sample-Rate": "Hz, of the WAV file",
        "X-Duration-S": "Seconds",
        "X-Backend": "The library or service that ran the model",
        "X-Model": "Which model played",
        "X-Steering": "The direction and strength of each that was added, with commas, or none",
        "X-BPM": "The tempo, as it was measured, or unknown",
        "X-Quality-Tier": "sketch for the embedded model, full for others",
    }.items()
}
"""Headers that come with a piece."""
SOUND: dict[int | str, dict[str, Any]] = {
    200: {"description": "All of it", "content": KINDS, "headers": TOLD},
    206: {"description": "The range that was asked for", "content": KINDS, "headers": TOLD},
    304: {"description": "What the client has is the same"},
    **problems(404, 416),
}


@router.get("/{creation_id}", responses=problems(404))
def one_creation(creation_id: str, service: Served) -> CreationView:
    """Return a creation with all that is known of its piece."""
    creation = load_creation(service.store, creation_id)
    made = service.store.get(creation.piece).info
    return CreationView(**creation.model_dump(), made={**made, "model": _shown(made["model"])})


@router.get("/{creation_id}/family", responses=problems(404))
def family(creation_id: str, service: Served) -> list[Creation]:
    """List what a creation was made from, and all that was made from these, the newest first."""
    return family_of(load_creation(service.store, creation_id), service.store)


@router.patch("/{creation_id}", responses=problems(404))
def edit(creation_id: str, change: Edit, service: Served) -> Creation:
    """Rename a creation, or make it a favourite."""
    creation = load_creation(service.store, creation_id)
    changed = creation.model_copy(update=change.model_dump(exclude_none=True))
    save_creation(service.store, changed)
    return changed


@router.delete("/{creation_id}", status_code=204, responses=problems(404))
def remove(creation_id: str, service: Served) -> None:
    """Take a creation out of the library; its variants stay.

    Its piece stays in the store until ``resonance store gc --stage generate``.
    """
    remove_creation(service.store, load_creation(service.store, creation_id))


@router.get("/{creation_id}/audio", responses=SOUND, response_class=FileResponse)
def audio(
    creation_id: str,
    service: Served,
    form: Annotated[Format | None, Query(alias="format")] = None,
    accept: Annotated[str, Header()] = "",
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    """Return the sound of a creation, or a range of it; the format is asked for, or accepted."""
    creation = load_creation(service.store, creation_id)
    accepted: Iterator[Format] = (known for known, kind in MEDIA_TYPES.items() if kind in accept)
    found = sound_of(creation, form if form is not None else next(accepted, "wav"), service)
    if found.headers["etag"] in if_none_match:
        return Response(status_code=304, headers={"ETag": found.headers["etag"]})
    return found


@router.get("/{creation_id}/peaks", responses=problems(404))
def waveform(
    creation_id: str, service: Served, buckets: Annotated[int, Query(ge=1, le=4000)] = 800
) -> Peaks:
    """Return the lowest and highest sample and the root mean square of each part of the piece."""
    piece = service.store.get(load_creation(service.store, creation_id).piece)
    return Peaks(**peaks(piece, buckets, service.store).record.info)


def sound_of(creation: Creation, form: Format, service: Service) -> FileResponse:
    """Return a creation's sound, with what is known of it in the answer's headers."""
    piece = service.store.get(creation.piece)
    made, name = piece, AUDIO
    if form != "wav":
        made, name = encoded(piece, form, service.store).record, f"audio.{form}"
    return FileResponse(
        service.store.path(made, name),
        media_type=MEDIA_TYPES[form],
        filename=sound_name(creation, form),
        headers={"ETag": f'"{made.digest(name)}"', "Vary": "Accept", **_headers(piece)},
    )


def sound_name(creation: Creation, suffix: str) -> str:
    """Return the name of a file that a listener takes with them."""
    return f"{slugify(creation.title, max_length=60) or 'piece'}.{suffix}"


def _shown(model: dict[str, Any]) -> dict[str, Any]:
    """Return what a sidecar says of a model, without a path of this machine."""
    told = {key: without_folders(of) if isinstance(of, str) else of for key, of in model.items()}
    return {**told, "id": model_in_words(model["id"])}


def _headers(piece: Record) -> dict[str, str]:
    info = piece.info
    tempo = info["descriptors"]["tempo_bpm"]
    return {
        "X-Request-Id": piece.key,
        "X-Sample-Rate": str(info["sample_rate"]),
        "X-Duration-S": f"{info['duration_s']:.3f}",
        "X-Backend": info["backend"],
        "X-Model": model_in_words(info["model"]["id"]),
        "X-Steering": ",".join(
            f"{one['direction'][:12]}={one['strength']:g}" for one in info["steering"]
        )
        or "none",
        "X-BPM": "unknown" if tempo is None else f"{tempo:.1f}",
        "X-Quality-Tier": _tier(info["model"]["id"]),
    }


def _tier(model: str) -> Literal["sketch", "full"]:
    """Return what to expect: the embedded model sketches, whatever steers it; others play in full.

    It says which kind of model played, and nothing about how a piece has turned out.
    """
    return "sketch" if model == "nano" else "full"
