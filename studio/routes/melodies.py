"""Melodies: recordings that pieces shall follow, such as of humming."""

import asyncio
import base64
import binascii
import tempfile
from pathlib import Path
from typing import Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from resonance_core.stages.melody import melody
from studio.errors import TooLargeError, UnusableError
from studio.fetch import fetch
from studio.service import Served

router = APIRouter(prefix="/melodies", tags=["melodies"])
JSON_BYTES = 4000
"""Room for what is not the recording, in a request that holds one as text."""


class Melody(BaseModel):
    """A melody, as generations name it."""

    key: str
    seconds: float


class Recording(BaseModel):
    """A recording that is not the body of the request itself."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    url: str | None = Field(None, min_length=1, max_length=2000)
    """A public web address."""
    base64: str | None = None
    """The bytes of the file, as RFC 4648 writes them."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.url is None) == (self.base64 is None):
            raise ValueError("give either url or base64")
        return self


@router.post(
    "",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "audio/*": {"schema": {"type": "string", "format": "binary"}},
                "application/json": {"schema": Recording.model_json_schema()},
            },
        }
    },
)
async def take(request: Request, service: Served) -> Melody:
    """Take a recording in any format: as the body, or in JSON by its address or in base64.

    It may have ``RESONANCE_STUDIO_MAX_MELODY_BYTES`` and last ``MAX_MELODY_S``.
    """
    limit = service.settings.max_melody_bytes
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "recording"
        if kind != "application/json":
            await _receive(request, recording, limit)
        else:
            sent = Path(folder) / "sent"
            await _receive(request, sent, limit * 4 // 3 + JSON_BYTES)
            named = _parse(sent.read_bytes())
            if named.url is not None:
                await fetch(named.url, recording, limit)
            else:
                recording.write_bytes(_decode(named.base64 or "", limit))
        longest = service.settings.max_melody_s
        taken = await asyncio.to_thread(
            melody, recording, service.config.model, service.store, longest
        )
    return Melody(key=taken.record.key, seconds=taken.record.info["seconds"])


async def _receive(request: Request, target: Path, limit: int) -> None:
    """Write the body of a request to a file.

    Raises:
        TooLargeError: It has more bytes than the limit.
    """
    with target.open("wb") as file:
        async for part in request.stream():
            file.write(part)
            _check_size(file.tell(), limit)


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise TooLargeError(
            f"the recording has more than {limit} bytes",
            "Send a shorter one, or raise RESONANCE_STUDIO_MAX_MELODY_BYTES",
        )


def _parse(sent: bytes) -> Recording:
    try:
        return Recording.model_validate_json(sent)
    except ValidationError as error:
        # Without what was sent, which may be a whole recording.
        raise UnusableError(
            f"the recording cannot be read: {error.errors()[0]['msg']}",
            'Send {"url": "https://..."} or {"base64": "..."}',
        ) from error


def _decode(text: str, limit: int) -> bytes:
    _check_size(len(text) * 3 // 4 - 2, limit)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnusableError(
            f"base64 cannot be decoded: {error}", "Send the file's bytes as RFC 4648 writes them"
        ) from error
