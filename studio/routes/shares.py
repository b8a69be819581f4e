"""Shares: links to one piece for others, and the page that they lead to."""

import base64
from datetime import datetime, timedelta

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader
from pydantic import BaseModel, Field

from resonance_core.stages.deliver import encoded
from resonance_core.store.creations import Creation, load_creation
from studio.body import Body
from studio.paths import model_in_words
from studio.problems import problems
from studio.routes.creations import sound_name
from studio.service import Served, Service
from studio.shares import Share, open_share, revoke, share, shares_of, token_of

router = APIRouter(tags=["shares"])
PAGES = Environment(loader=PackageLoader("studio", ""), autoescape=True)
POLICY = "default-src 'none'; media-src data:; style-src 'unsafe-inline'"


class Sharing(Body):
    """How a creation is shared."""

    hours: float = Field(24 * 7, gt=0, le=24 * 365, strict=True)
    """How long the link leads to it."""


class ShareView(BaseModel):
    """A share, and its link."""

    id: str
    path: str
    """Of the link, below the address at which others reach this service."""
    expires_at: datetime


@router.post("/creations/{creation_id}/shares", status_code=201, responses=problems(404))
def share_creation(creation_id: str, sharing: Sharing, service: Served) -> ShareView:
    """Make a link to a creation; whoever has it hears the piece, and nothing else."""
    creation = load_creation(service.store, creation_id)
    return _view(share(creation, timedelta(hours=sharing.hours), service.store))


@router.get("/creations/{creation_id}/shares", responses=problems(404))
def all_shares(creation_id: str, service: Served) -> list[ShareView]:
    """List the links that lead to a creation."""
    creation = load_creation(service.store, creation_id)
    return [_view(one) for one in shares_of(creation, service.store)]


@router.delete(
    "/creations/{creation_id}/shares/{share_id}", status_code=204, responses=problems(404)
)
def take_back(creation_id: str, share_id: str, service: Served) -> None:
    """Take a link back; it leads nowhere from then on."""
    revoke(share_id, load_creation(service.store, creation_id), service.store)


@router.get("/shared/{token}", responses=problems(404, 410), response_class=HTMLResponse)
def shared(token: str, service: Served) -> Response:
    """Return the page that a link leads to."""
    return HTMLResponse(
        _page(open_share(token, service.store), service),
        headers={"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"},
    )


@router.get("/creations/{creation_id}/page", responses=problems(404), response_class=HTMLResponse)
def page(creation_id: str, service: Served) -> Response:
    """Return one file with the piece inside, which plays wherever it is opened."""
    creation = load_creation(service.store, creation_id)
    named = f'attachment; filename="{sound_name(creation, "html")}"'
    return HTMLResponse(_page(creation, service), headers={"Content-Disposition": named})


def _page(creation: Creation, service: Service) -> str:
    piece = service.store.get(creation.piece)
    sound = service.store.path(encoded(piece, "mp3", service.store).record, "audio.mp3")
    return PAGES.get_template("shared.html.j2").render(
        title=creation.title,
        audio=base64.b64encode(sound.read_bytes()).decode(),
        seconds=piece.info["duration_s"],
        model=model_in_words(piece.info["model"]["id"]),
    )


def _view(made: Share) -> ShareView:
    return ShareView(id=made.id, path=f"/shared/{token_of(made)}", expires_at=made.expires_at)
