"""Playlists: submit one, and find those that were ingested."""

import asyncio
from pathlib import Path

from fastapi import APIRouter, Response
from pydantic import Field

import flows
from resonance_core.store.playlists import PlaylistEntry, check_name, list_entries, load_entry
from studio.addresses import check_public
from studio.body import Body
from studio.errors import UnknownError
from studio.problems import problems
from studio.routes.jobs import JobView, accepted
from studio.service import Served
from studio.uploads import upload_folder

router = APIRouter(prefix="/playlists", tags=["playlists"])
EXAMPLE, UPLOAD = "example", "upload:"
EXAMPLES = Path(flows.__file__).parents[1] / "examples" / "playlist"


class Submission(Body):
    """A playlist to be heard."""

    source: str = Field(min_length=1, max_length=2000)
    """A public web address, as of a YouTube playlist; ``example`` for the one that comes along;
    or ``upload:`` and the id of an upload."""
    name: str | None = None
    """The name to find it by; its title by default."""


@router.post("", status_code=202, responses=problems(429))
async def submit(wanted: Submission, service: Served, response: Response) -> JobView:
    """Ingest a playlist; one that is being ingested already is joined."""
    if wanted.name is not None:
        check_name(wanted.name)
    source, name = wanted.source, wanted.name
    if source == EXAMPLE:
        source, name = str(EXAMPLES), name or EXAMPLE
    elif source.startswith(UPLOAD):
        source = str(upload_folder(service.store, source.removeprefix(UPLOAD)))
    else:
        await asyncio.to_thread(check_public, source)
    job = await service.ingests.submit(source, name)
    return accepted(job, service, response)


@router.get("")
def all_playlists(service: Served) -> list[PlaylistEntry]:
    """List the playlists that were ingested, by name."""
    return list_entries(service.store)


@router.get("/{name}", responses=problems(404))
def one_playlist(name: str, service: Served) -> PlaylistEntry:
    """Return what the last ingest of a playlist led to."""
    if (entry := load_entry(service.store, name)) is None:
        raise UnknownError(f"there is no playlist {name!r}", "List them: GET /playlists")
    return entry
