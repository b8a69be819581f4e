"""Imports: creations that were exported, here or elsewhere."""

import asyncio
import tempfile

from fastapi import APIRouter, Request
from pydantic import ValidationError

from resonance_core.config_file import explain
from resonance_core.stages.parcel import unpack
from resonance_core.store.creations import Creation, save_creation
from studio.service import Served, Service
from studio.wanted import Wanted

router = APIRouter(prefix="/creations", tags=["creations"])
BODY = {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
IN_MEMORY = 2**20
"""Larger bodies wait on the disk, in bytes."""


@router.post("", status_code=201, openapi_extra={"requestBody": {"required": True, **BODY}})
async def take_in(request: Request, service: Served) -> Creation:
    """Take in an exported creation, which is the body of the request; it plays as it did."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        async for part in request.stream():
            file.write(part)
        file.seek(0)
        return await asyncio.to_thread(_take_in, file, service)


def _take_in(file: tempfile.SpooledTemporaryFile[bytes], service: Service) -> Creation:
    packed = unpack(file, service.settings.max_bytes, service.store)
    try:
        wanted = Wanted.model_validate(packed.request)
    except ValidationError as error:
        raise explain(error, "what the piece was made from", Wanted) from error
    creation = Creation(
        title=packed.title[:200] or wanted.prompt[:200],
        piece=packed.piece,
        request=wanted.model_dump(mode="json", exclude={"consent"}),
    )
    save_creation(service.store, creation)
    return creation
