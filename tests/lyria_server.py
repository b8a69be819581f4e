"""A server on loopback that speaks Lyria RealTime's protocol, as it is published, over TLS.

Source: https://ai.google.dev/api/live_music.
"""

import base64
import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trustme
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

KEY = "AIza-not-a-real-key-0123456789"
PATH = "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateMusic"
RATE = 48_000
CHUNK_S = 0.5
"""The real one's are of 2 s."""
FIELDS = {"setup", "clientContent", "musicGenerationConfig", "playbackControl"}


@dataclass
class Manner:
    """How a session goes; by default as it should."""

    http: int | None = None
    """A status in place of a websocket."""
    closes: tuple[int, str] | None = None
    """The code and the reason that it is closed with once it is set up."""
    drops_after: int | None = None
    """After so many chunks the connection breaks off."""
    says: list[bytes] = field(default_factory=list)
    """What is sent before the first chunk."""
    filters: tuple[str, str] | None = None
    """A prompt that is not played, and why."""
    pause_s: float = 0.0
    """Before each chunk."""
    set_up: bool = True
    """Whether the setup is answered."""
    chunks: bool = True
    """Whether music is sent."""
    loudness: float = 0.25
    mime_type: str = "audio/l16;rate=48000;channels=2"


@dataclass
class Heard:
    """What a client sent in one session."""

    key: str | None
    path: str
    messages: list[dict[str, Any]] = field(default_factory=list)

    def said(self, name: str) -> list[Any]:
        """Return the messages of one kind, in their order."""
        return [message[name] for message in self.messages if name in message]


class LyriaServer:
    """A running server.

    Attributes:
        manners: How the first session goes, the second ...; later ones go as they should.
        sessions: What clients sent.
    """

    def __init__(self) -> None:
        self.manners: list[Manner] = []
        self.sessions: list[Heard] = []

    def admit(self, connection: ServerConnection, request: Request) -> Response | None:
        """Take a client, or answer with a status."""
        self.sessions.append(Heard(request.headers.get("x-goog-api-key"), request.path))
        manner = self._manner(len(self.sessions) - 1)
        status = HTTPStatus.NOT_FOUND if request.path != PATH else manner.http
        return None if status is None else connection.respond(status, "said by the server\n")

    def talk(self, connection: ServerConnection) -> None:
        """Speak with a client until it leaves."""
        place = len(self.sessions) - 1
        heard, manner = self.sessions[place], self._manner(place)
        try:
            if heard.key != KEY:
                reason = f"API key not valid. Please pass a valid API key. ({heard.key})"
                connection.close(1007, reason)
                return
            self._listen(connection, heard, "setup")
            if not manner.set_up:
                connection.recv()
            connection.send(b'{"setupComplete": {}}')
            if manner.closes is not None:
                connection.close(*manner.closes)
                return
            self._listen(connection, heard, "playbackControl")
            self._play(connection, manner, place)
        except ConnectionClosed:
            pass

    def _manner(self, place: int) -> Manner:
        return self.manners[place] if place < len(self.manners) else Manner()

    def _listen(self, connection: ServerConnection, heard: Heard, last: str) -> None:
        """Take messages up to one of a kind; one that the protocol does not know ends it all."""
        while True:
            message = json.loads(connection.recv())
            if len(message) != 1 or not message.keys() <= FIELDS:
                connection.close(1007, f"Invalid JSON payload received: {sorted(message)}")
            heard.messages.append(message)
            if last in message:
                return

    def _play(self, connection: ServerConnection, manner: Manner, place: int) -> None:
        for message in manner.says:
            connection.send(message)
        if manner.filters is not None:
            text, reason = manner.filters
            filtered = {"text": text, "filteredReason": reason}
            connection.send(json.dumps({"filteredPrompt": filtered}).encode())
        for number in range(10_000 if manner.chunks else 0):
            if number == manner.drops_after:
                connection.socket.shutdown(socket.SHUT_RDWR)
                return
            time.sleep(manner.pause_s)
            data = tone(place, number, manner.loudness)
            chunk = {"data": base64.b64encode(data).decode(), "mimeType": manner.mime_type}
            connection.send(json.dumps({"serverContent": {"audioChunks": [chunk]}}).encode())
        connection.recv()


def tone(session: int, chunk: int, loudness: float = 0.25) -> bytes:
    """Return a chunk of a session's music: a tone of its own, on the right an octave higher."""
    at = (chunk * CHUNK_S * RATE + np.arange(round(CHUNK_S * RATE))) / RATE
    both = [np.sin(2 * np.pi * octave * 220 * (session + 1) * at) for octave in (1, 2)]
    return (np.stack(both, axis=1) * loudness * 32768).astype("<i2").tobytes()


def samples(session: int, chunks: int, loudness: float = 0.25) -> np.ndarray:
    """Return the first chunks of a session as audio, ``[channels, samples]``."""
    data = b"".join(tone(session, chunk, loudness) for chunk in range(chunks))
    return np.frombuffer(data, "<i2").reshape(-1, 2).T / 32768


@pytest.fixture
def lyria(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LyriaServer]:
    """The service, in an environment whose clients find it and trust it."""
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    unheard = logging.getLogger("tests.lyria_server")
    unheard.disabled = True  # a server may log the key that it is sent; the client may not
    server = LyriaServer()
    with serve(
        server.talk,
        "127.0.0.1",
        0,
        ssl=context,
        process_request=server.admit,
        close_timeout=0.5,
        logger=unheard,
    ) as listening:
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        port = listening.socket.getsockname()[1]
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", f"https://127.0.0.1:{port}")
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield server
        listening.shutdown()
        thread.join()
