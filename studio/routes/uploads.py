"""Uploads: songs and lists from the listener's own machine, one request each."""

import asyncio

from fastapi import APIRouter, Request
from pydantic import BaseModel

from studio.problems import problems
from studio.service import Served
from studio.uploads import (
    check_file,
    check_name,
    drop_upload,
    keep,
    new_upload,
    part_of,
    upload_folder,
)

router = APIRouter(prefix="/uploads", tags=["playlists"])
FILE = {"schema": {"type": "string", "format": "binary"}}
BODY = {"content": dict.fromkeys(("audio/*", "text/*", "application/octet-stream"), FILE)}


class Upload(BaseModel):
    """Files that were sent, as playlists name them."""

    id: str
    songs: list[str]


@router.post("", status_code=201)
def begin(service: Served) -> Upload:
    """Begin an upload."""
    return Upload(id=new_upload(service.store), songs=[])


@router.put(
    "/{upload_id}/{name}",
    responses=problems(404),
    openapi_extra={"requestBody": {"required": True, **BODY}},
)
async def put_song(upload_id: str, name: str, request: Request, service: Served) -> Upload:
    """Take one song, or a list in M3U, XSPF, JSPF, CSV or plain text: the body of the request.

    A song is looked into, and not yet decoded. Of what a list names, web addresses are fetched
    later, and songs taken that are sent beside it.
    """
    folder = upload_folder(service.store, upload_id)
    check_name(folder, name)
    part = part_of(folder, name)
    try:
        with part.open("wb") as file:
            async for block in request.stream():
                file.write(block)
        await asyncio.to_thread(check_file, part, name, service.config.download.max_duration_s)
        keep(part, name)
    finally:
        part.unlink(missing_ok=True)
    songs = sorted(path.name for path in folder.glob("[!.]*"))
    return Upload(id=upload_id, songs=songs)


@router.delete("/{upload_id}", status_code=204, responses=problems(404))
def remove(upload_id: str, service: Served) -> None:
    """Forget the songs of an upload; what was learned of them stays."""
    drop_upload(service.store, upload_id)
