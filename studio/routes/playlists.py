"""Playlists: submit one, and find those that were ingested."""

from fastapi import APIRouter, Response
from pydantic import Field

from resonance_core.store.playlists import PlaylistEntry, check_name, list_entries, load_entry
from studio.accent import Accent, accent_of
from studio.body import Body
from studio.errors import UnknownError
from studio.idempotency import IdempotencyKey, once
from studio.paths import source_in_words, without_folders
from studio.problems import problems
from studio.routes.jobs import JobView, accepted
from studio.service import Served
from studio.sources import EXAMPLE, find_source

router = APIRouter(prefix="/playlists", tags=["playlists"])


class Submission(Body):
    """A playlist to be heard."""

    source: str = Field(min_length=1, max_length=2000)
    """A public web address, as of a YouTube playlist; ``example`` for the one that comes along;
    or ``upload:`` and the id of an upload."""
    name: str | None = None
    """The name to find it by; its title by default."""


class PlaylistView(PlaylistEntry):
    """A playlist, and how it looks."""

    accent: Accent | None
    """From its direction; None while the model's words are not known."""


@router.post("", status_code=202, responses=problems(404, 429))
async def submit(
    wanted: Submission,
    service: Served,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> JobView:
    """Ingest a playlist; one that is being ingested already is joined.

    With an ``Idempotency-Key`` the same request again is the same job, also once it has ended.
    """
    name = wanted.name
    if name is not None:
        check_name(name)
    elif wanted.source == EXAMPLE:
        name = EXAMPLE
    source, ingests = await find_source(wanted.source, service), service.ingests
    asked = ingests.request(source, name)
    job = await once(
        *("playlists", idempotency_key, asked, service),
        lambda named: ingests.submit(source, name, named),
    )
    return accepted(job, service, response)


@router.get("")
def all_playlists(service: Served) -> list[PlaylistEntry]:
    """List the playlists that were ingested, by name."""
    return [_shown(entry) for entry in list_entries(service.store)]


@router.get("/{name}", responses=problems(404))
def one_playlist(name: str, service: Served) -> PlaylistView:
    """Return what the last ingest of a playlist led to, and its colour."""
    if (entry := load_entry(service.store, name)) is None:
        raise UnknownError(f"there is no playlist {name!r}", "List them: GET /playlists")
    accent = accent_of(entry.direction.key, service.config, service.store, service.runtime)
    return PlaylistView(**_shown(entry).model_dump(), accent=accent)


def _shown(entry: PlaylistEntry) -> PlaylistEntry:
    """Return an entry as it is answered, without a path of this machine."""
    source = source_in_words(entry.source, len(entry.tracks))
    tracks = [
        one.model_copy(update={"reason": one.reason and without_folders(one.reason)})
        for one in entry.tracks
    ]
    return entry.model_copy(update={"source": source, "tracks": tracks})
