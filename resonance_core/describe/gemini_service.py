"""The Gemini API: one question about clips, through google-genai."""

import io
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from uuid import uuid4

import anyio
import httpx2
from anyio.from_thread import start_blocking_portal
from google import genai
from google.genai import types
from google.genai.client import AsyncClient
from google.genai.errors import APIError

from resonance_core.api_key import ApiKey
from resonance_core.config import DescribeConfig
from resonance_core.describe.gemini_failures import (
    OTHERWISE,
    GarbledError,
    failure,
    text_of,
)
from resonance_core.describe.gemini_prices import ANSWER_TOKENS
from resonance_core.describe.patience import patient
from resonance_core.errors import ResonanceError, ServiceError

INLINE_BYTES = 20_000_000
"""Larger requests are refused by Gemini, which takes large audio as files of their own."""
AUDIO = "audio/mp3"
ABSENT = frozenset({403, 404})
"""What the API answers about a file that it does not have."""
CLEANING_S = 30.0
"""What the deletion of uploads may take, in seconds."""
log = logging.getLogger(__name__)
# Where two variables hold a key, it warns that it uses one, though it is given the other.
logging.getLogger("google_genai._api_client").setLevel(logging.ERROR)
Answer = TypeVar("Answer")


class GeminiService:
    """Asks one Gemini model."""

    def __init__(self, key: ApiKey, endpoint: str, config: DescribeConfig) -> None:
        self._key = key
        self._endpoint = endpoint
        self._config = config

    def ask(self, question: str, schema: dict[str, Any], clips: Sequence[bytes]) -> str:
        """Return the model's answer to a question about clips.

        What is uploaded for it is deleted again, however it ends.

        Args:
            question: What is asked.
            schema: JSON schema of the answer.
            clips: Mono MP3.

        Raises:
            ConfigError: The key or the model's name is wrong.
            ServiceError: The service cannot be reached, refuses, takes too long, or answers
                nothing that can be read.
        """
        # Not asyncio.run, which a notebook, with its own loop, refuses.
        with start_blocking_portal() as portal:
            answer = portal.call(self._try, question, schema, clips)
        if isinstance(answer, ResonanceError):
            raise answer
        return answer

    async def _try(
        self, question: str, schema: dict[str, Any], clips: Sequence[bytes]
    ) -> str | ResonanceError:
        """Return the answer, or why there is none.

        Raised from here, that would drag along errors that hold requests, and so the key.
        """
        try:
            async with httpx2.AsyncClient() as http:
                with self._client(http) as client:
                    return text_of(
                        await self._answer(client.aio, question, schema, clips), self._key
                    )
        except ResonanceError as error:
            return error
        except (APIError, httpx2.HTTPError, TimeoutError, GarbledError) as error:
            return failure(error, self._key, self._config)

    async def _answer(
        self, client: AsyncClient, question: str, schema: dict[str, Any], clips: Sequence[bytes]
    ) -> types.GenerateContentResponse:
        uploads: list[str] = []
        try:
            if base64_bytes(clips) <= INLINE_BYTES:
                parts = [types.Part.from_bytes(data=clip, mime_type=AUDIO) for clip in clips]
            else:
                parts = [await self._upload(client, clip, uploads) for clip in clips]
            config = types.GenerateContentConfig(
                response_mime_type="application/json",
                response_json_schema=schema,
                max_output_tokens=ANSWER_TOKENS,
            )
            return await self._patiently(
                lambda: client.models.generate_content(
                    model=self._config.model,
                    contents=types.UserContent([*parts, types.Part.from_text(text=question)]),
                    config=config,
                )
            )
        finally:
            with anyio.move_on_after(CLEANING_S, shield=True) as cleaning:
                for name in uploads:
                    await self._delete(client, name)
            if cleaning.cancelled_caught:
                log.warning("Gemini may keep some of %d clips for 48 h", len(uploads))

    async def _upload(self, client: AsyncClient, clip: bytes, uploads: list[str]) -> types.Part:
        """Upload a clip and return what stands for it in a question.

        Args:
            client: Of this service.
            clip: Mono MP3.
            uploads: Takes the names of what there may be to delete, before it is there: an upload
                that is cut off may have arrived.
        """

        def send() -> Awaitable[types.File]:
            uploads.append(uuid4().hex)
            config = types.UploadFileConfig(name=uploads[-1], mime_type=AUDIO)
            return client.files.upload(file=io.BytesIO(clip), config=config)

        file = await self._patiently(send)
        name = uploads[-1]
        with anyio.fail_after(self._config.timeout_s):
            while file.state == types.FileState.PROCESSING:
                await anyio.sleep(min(1.0, self._config.max_wait_s))
                file = await self._patiently(lambda: client.files.get(name=name))
        if file.state == types.FileState.FAILED or file.uri is None:
            raise ServiceError("Gemini could not read a clip that it was sent", OTHERWISE)
        return types.Part.from_uri(file_uri=file.uri, mime_type=AUDIO)

    async def _delete(self, client: AsyncClient, name: str) -> None:
        try:
            await self._patiently(lambda: client.files.delete(name=name))
        except (APIError, httpx2.HTTPError, TimeoutError, GarbledError) as error:
            if not (isinstance(error, APIError) and error.code in ABSENT):
                log.warning(
                    "Gemini may keep a clip for 48 h: deleting it failed (%s)", type(error).__name__
                )

    async def _patiently(self, send: Callable[[], Awaitable[Answer]]) -> Answer:
        """Make a request, and again if that may help."""

        async def in_time() -> Answer:
            with anyio.fail_after(self._config.timeout_s):
                try:
                    return await send()
                # What google-genai raises for answers that are no JSON, or other than published.
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    raise GarbledError(type(error).__name__) from error

        return await patient(self._config.attempts, self._config.max_wait_s)(in_time)

    def _client(self, http: httpx2.AsyncClient) -> genai.Client:
        return genai.Client(
            vertexai=False,  # whatever the environment says: people agreed to one recipient
            api_key=self._key.get_secret_value(),
            http_options=types.HttpOptions(
                base_url=self._endpoint,
                timeout=round(self._config.timeout_s * 1000),
                httpx_async_client=http,
            ),
        )


def base64_bytes(clips: Sequence[bytes]) -> int:
    """Return what clips take in a request, in bytes; the question is small beside them."""
    return sum(4 * -(-len(clip) // 3) for clip in clips)
