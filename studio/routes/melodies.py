"""Melodies: recordings that pieces shall follow, such as of humming."""

import asyncio
import tempfile
from pathlib import Path

from fastapi import APIRouter, Request
from pydantic import BaseModel

from resonance_core.stages.melody import melody
from studio.service import Served

router = APIRouter(prefix="/melodies", tags=["melodies"])


class Melody(BaseModel):
    """A melody, as generations name it."""

    key: str
    seconds: float


@router.post(
    "",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"audio/*": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def take(request: Request, service: Served) -> Melody:
    """Take a recording, which is the body of the request, in any format."""
    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "recording"
        with recording.open("wb") as file:
            async for part in request.stream():
                file.write(part)
        longest = service.config.download.max_duration_s
        taken = await asyncio.to_thread(
            melody, recording, service.config.model, service.store, longest
        )
    return Melody(key=taken.record.key, seconds=taken.record.info["seconds"])
