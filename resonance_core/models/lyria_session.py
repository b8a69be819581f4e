"""One session with Lyria RealTime, through google-genai: a websocket that music comes out of."""

import logging
import warnings
from collections.abc import Awaitable, Callable
from concurrent.futures import wait
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self, TypeVar

import anyio
import numpy as np
from anyio.from_thread import BlockingPortal
from google import genai
from google.genai import types

from resonance_core.api_key import ApiKey
from resonance_core.config import LyriaConfig
from resonance_core.models.base import Pieces
from resonance_core.models.lyria_controls import MODEL, LyriaRequest
from resonance_core.models.lyria_failures import FAILURES, SilentError, failure, filtered
from resonance_core.models.lyria_sound import decode

API_VERSION = "v1alpha"
"""The version that https://ai.google.dev/api/live_music documents."""
SEEDS = 2**31
"""Lyria's are of 32 bits; larger ones are taken modulo this."""
CLOSING_S = 1.0
"""What the farewell may take, in seconds."""
LOOK_EVERY_S = 0.25
"""How often whoever waits is asked whether to go on, in seconds."""
HEADERS_LOG = logging.getLogger("websockets.client")
"""Logs the headers of requests, where it is set to debug; one of them is the key."""

Found = TypeVar("Found")


class LyriaSession:
    """A session, as a context; it is connected inside.

    What is raised is a `ResonanceError`, or `DroppedError` where a new session may do better; no
    error holds those of google-genai, which hold requests, and so the key.

    Args:
        portal: Runs what is asynchronous.
        key: Google's.
        endpoint: Where the API is.
        config: How long chunks are waited for.
        meanwhile: Called again and again while the session waits; what it raises ends it.
    """

    def __init__(
        self,
        portal: BlockingPortal,
        key: ApiKey,
        endpoint: str,
        config: LyriaConfig,
        meanwhile: Callable[[], None],
    ) -> None:
        self._portal = portal
        self._key = key
        self._config = config
        self._meanwhile = meanwhile
        self._stack = AsyncExitStack()
        self._unlogged = _Unlogged(key)
        self._client = genai.Client(
            vertexai=False,  # whatever the environment says: people agreed to one recipient
            api_key=key.get_secret_value(),
            http_options=types.HttpOptions(base_url=endpoint, api_version=API_VERSION),
        )

    def __enter__(self) -> Self:
        HEADERS_LOG.addFilter(self._unlogged)
        try:
            with warnings.catch_warnings():
                # That it is experimental is said in the README; here it would be said of our code.
                warnings.filterwarnings("ignore", message="Realtime music generation")
                connecting = self._client.aio.live.music.connect(model=MODEL)
            self._session = self._run(lambda: self._stack.enter_async_context(connecting))
            self._messages = self._session.receive()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def play(self, request: LyriaRequest, seed: int) -> None:
        """Have it play.

        Raises:
            DroppedError: The connection is lost.
            ResonanceError: It is not possible.
        """
        prompts = [
            types.WeightedPrompt(text=prompt.text, weight=prompt.weight)
            for prompt in request.prompts
        ]
        config = types.LiveMusicGenerationConfig(seed=seed % SEEDS, **request.controls.given())

        async def start() -> None:
            await self._session.set_weighted_prompts(prompts=prompts)
            await self._session.set_music_generation_config(config=config)
            await self._session.play()

        self._run(start)

    def chunk(self) -> Pieces:
        """Return what comes next, ``[channels, samples]``.

        Raises:
            DroppedError: The connection is lost.
            ModelError: A prompt is one that Lyria does not play.
            ServiceError: Nothing comes in time, or nothing that can be read.
        """
        message = self._run(self._next)
        if message.filtered_prompt is not None:
            raise filtered(message.filtered_prompt, self._key)
        assert message.server_content is not None
        chunks = message.server_content.audio_chunks or []
        parts = [decode(chunk.data or b"", chunk.mime_type) for chunk in chunks]
        return np.concatenate(parts, axis=1)

    async def _next(self) -> types.LiveMusicServerMessage:
        """Wait for a message that says something; others keep no time."""
        async for message in self._messages:
            content = message.server_content
            if message.filtered_prompt is not None or (content and content.audio_chunks):
                return message
        raise AssertionError("a session ends with an error")

    def _run(self, do: Callable[[], Awaitable[Found]]) -> Found:
        """Do something within the time limit, and ask meanwhile whether to go on."""

        async def in_time() -> Found:
            with anyio.move_on_after(self._config.timeout_s):
                return await do()
            raise SilentError

        future = self._portal.start_task_soon(in_time)
        try:
            while not wait([future], LOOK_EVERY_S).done:
                self._meanwhile()
        finally:
            future.cancel()
        try:
            return future.result()
        except FAILURES as error:
            # Not to be raised from here, where it would drag the error along.
            failed = failure(error, self._key, self._config)
        raise failed

    def _close(self) -> None:
        async def close() -> None:
            with anyio.move_on_after(CLOSING_S):
                await self._stack.aclose()

        try:
            self._portal.call(close)
        except FAILURES:
            pass  # it is over, however it ended
        finally:
            self._client.close()
            HEADERS_LOG.removeFilter(self._unlogged)


class _Unlogged(logging.Filter):
    """Takes a key out of what is logged."""

    def __init__(self, key: ApiKey) -> None:
        super().__init__()
        self._key = key

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if self._key.get_secret_value() in said:
            record.msg = said.replace(self._key.get_secret_value(), str(self._key))
            record.args = ()
        return True
