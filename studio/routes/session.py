"""The session of a browser: with a cookie for the key it also plays, follows and downloads."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from studio.body import Body
from studio.door import COOKIE
from studio.errors import KeyNeededError
from studio.service import Served
from studio.sessions import LASTS

router = APIRouter(prefix="/session", tags=["session"])


class Session(BaseModel):
    """Whether who asks is let in."""

    wants_key: bool
    """Whether the service has a key at all."""
    open: bool
    """Whether the request carried the key, or a cookie."""


class Entry(Body):
    """What opens a session."""

    key: str = Field(max_length=1000)
    """The API key."""


@router.get("")
async def session(request: Request, service: Served) -> Session:
    """Return whether a key is needed, and was given."""
    return Session(wants_key=service.door.wants_key, open=service.door.lets_in(request))


@router.post("")
async def enter(entry: Entry, request: Request, response: Response, service: Served) -> Session:
    """Take the key, and give a cookie for it that lasts for 30 days; without a key nothing."""
    door = service.door
    if door.wants_key:
        if not door.fits(entry.key):
            raise KeyNeededError(
                "this is not the key of this studio", "Ask whoever runs it, and try again"
            )
        response.set_cookie(
            COOKIE,
            door.begin(),
            max_age=round(LASTS.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
    return Session(wants_key=door.wants_key, open=True)


@router.delete("", status_code=204)
def leave(request: Request, response: Response, service: Served) -> None:
    """End the session: the browser forgets its cookie, and no copy of it opens anything."""
    service.door.end(request)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
