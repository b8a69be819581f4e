"""The Gemini API on loopback, over TLS: generateContent and the resumable upload of files."""

import base64
import json
import re
import ssl
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import trustme

KEY = "AIza-a-key-of-nobody-0123456789"
LARGEST = 20_000_000
"""Bytes of the largest request that is taken."""
ANSWER = {
    "genres": [{"name": "Trip Hop", "share": 0.6}, {"name": "jazz", "share": 0.2}],
    "tempo_bpm": 92,
    "levels": {
        **{"energy": -0.4, "tempo": -0.2, "bass": 0.7, "harmony": 0.3},
        **{"density": 0.0, "vocal": -1, "tension": 0.1},
    },
    "instruments": ["rhodes piano", "double bass"],
    "mood": ["wistful"],
}
"""What it hears in everything."""

Fault = Callable[["Handler"], None]


class Asked(NamedTuple):
    """A request that came in."""

    what: str
    """As ``POST generateContent`` or ``DELETE files``."""
    path: str
    headers: dict[str, str]
    body: bytes


class Handler(BaseHTTPRequestHandler):
    """Answers as the published protocol says, or with the next fault in line."""

    protocol_version = "HTTP/1.1"
    server: "GeminiServer"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.endswith(":generateContent"):
            self._take("POST generateContent", body, self._generate)
        elif self.path.startswith("/upload/v1/files?id="):
            self._take("POST upload", body, self._upload, keyed=False)
        else:
            self._take("POST files", body, self._start)

    def do_GET(self) -> None:
        self._take("GET files", b"", self._look)

    def do_DELETE(self) -> None:
        self._take("DELETE files", b"", self._delete)

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""

    def say(self, code: int, value: Any, **headers: str) -> None:
        """Answer with JSON, or with a text as it is."""
        text = value if isinstance(value, str) else json.dumps(value)
        self.send_response(code)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(text.encode())))
        for name, header in headers.items():
            self.send_header(name.replace("_", "-"), header)
        self.end_headers()
        self.wfile.write(text.encode())

    def refuse(self, code: int, status: str, message: str, *details: Any, **headers: str) -> None:
        """Answer with an error in Google's form."""
        error = {"code": code, "message": message, "status": status, "details": details}
        self.say(code, {"error": error}, **headers)

    def _take(
        self, what: str, body: bytes, answer: Callable[[bytes], None], keyed: bool = True
    ) -> None:
        self.server.asked.append(Asked(what, self.path, dict(self.headers), body))
        line = self.server.faults.get(what)
        if line:
            line.popleft()(self)
        elif keyed and self.headers.get("x-goog-api-key") != KEY:
            self.refuse(
                400,
                "INVALID_ARGUMENT",
                "API key not valid. Please pass a valid API key.",
                {"reason": "API_KEY_INVALID", "domain": "googleapis.com"},
            )
        else:
            answer(body)

    def _generate(self, body: bytes) -> None:
        if len(body) > LARGEST:
            self.refuse(400, "INVALID_ARGUMENT", "Request payload size exceeds the limit")
            return
        for part in parts(body):
            if "fileData" in part:
                name = part["fileData"]["fileUri"].rpartition("/")[2]
                if self.server.files.get(name, {}).get("state") != "ACTIVE":
                    self.refuse(400, "FAILED_PRECONDITION", f"{name} is not in an ACTIVE state")
                    return
            elif "inlineData" in part:
                audio(part)
        self.say(200, self.server.response)

    def _start(self, body: bytes) -> None:
        assert self.headers["X-Goog-Upload-Protocol"] == "resumable"
        assert self.headers["X-Goog-Upload-Command"] == "start"
        file = json.loads(body)["file"]
        name = file["name"].removeprefix("files/")
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]", name):
            self.refuse(400, "INVALID_ARGUMENT", f"{name} is no name of a file")
        elif name in self.server.files:
            self.refuse(409, "ALREADY_EXISTS", f"there is {name}")
        else:
            address = f"{self.server.url}/upload/v1/files?id={name}"
            self.say(200, {}, X_Goog_Upload_URL=address, X_Goog_Upload_Status="active")

    def _upload(self, body: bytes) -> None:
        assert self.headers["X-Goog-Upload-Command"] == "upload, finalize"
        file = self.store(body)
        self.say(200, {"file": file}, X_Goog_Upload_Status="final")

    def store(self, body: bytes) -> dict[str, str]:
        """Keep an upload, and return what it is known as."""
        name = self.path.rpartition("=")[2]
        uri = f"{self.server.url}/v1/files/{name}"
        self.server.files[name] = {
            **{"name": f"files/{name}", "uri": uri, "mimeType": "audio/mp3"},
            **{"sizeBytes": str(len(body)), "state": self.server.first_state},
        }
        return self.server.files[name]

    def _look(self, _: bytes) -> None:
        name = self.path.rpartition("/")[2]
        if self.server.files[name]["state"] == "PROCESSING":
            self.server.files[name]["state"] = self.server.next_state
        self.say(200, self.server.files[name])

    def _delete(self, _: bytes) -> None:
        if self.server.files.pop(self.path.rpartition("/")[2], None) is None:
            self.refuse(403, "PERMISSION_DENIED", "You do not have permission, or it is not there")
        else:
            self.say(200, {})


class GeminiServer(ThreadingHTTPServer):
    """The service, and what it was asked.

    Attributes:
        url: Where it answers.
        asked: Every request, in order.
        faults: What goes wrong at the next requests of a kind, in order.
        files: What is uploaded, by name.
        response: Of generateContent.
        first_state: Of an upload.
        surprises: What went wrong here.
        next_state: Of one that was processed.
    """

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = f"https://localhost:{self.server_port}"
        self.asked: list[Asked] = []
        self.faults: dict[str, deque[Fault]] = {}
        self.files: dict[str, dict[str, str]] = {}
        self.response: dict[str, Any] = answered(json.dumps(ANSWER))
        self.surprises: list[BaseException | None] = []
        self.first_state = self.next_state = "ACTIVE"

    def fail(self, what: str, *faults: Fault) -> None:
        """Have the next requests of a kind go wrong."""
        self.faults[what] = deque(faults)

    def kinds(self) -> list[str]:
        """Return what was asked, in order."""
        return [one.what for one in self.asked]

    def handle_error(self, *_: object) -> None:
        """Keep what no test means to happen; clients may go away."""
        error = sys.exception()
        if not isinstance(error, OSError):
            self.surprises.append(error)


def answered(text: str, reason: str = "STOP") -> dict[str, Any]:
    """Return a response of generateContent."""
    content = {"role": "model", "parts": [{"text": text}]}
    return {"candidates": [{"content": content, "finishReason": reason, "index": 0}]}


def parts(body: bytes) -> list[dict[str, Any]]:
    """Return the parts of a request's content, with names as they are published.

    Google takes ``mime_type`` for ``mimeType``, and so on; its own client writes both.
    """

    def published(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        names = {re.sub("_(.)", lambda found: found[1].upper(), name): name for name in value}
        return {name: published(value[given]) for name, given in names.items()}

    return [published(part) for part in json.loads(body)["contents"][0]["parts"]]


def audio(part: dict[str, Any]) -> bytes:
    """Return the audio of a part of a request."""
    return base64.urlsafe_b64decode(part["inlineData"]["data"])


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Who vouches for the server."""
    return trustme.CA()


@pytest.fixture
def gemini(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[GeminiServer]:
    """The service, in an environment whose clients find it, trust it and have its key."""
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = GeminiServer(context)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", server.url)
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
    assert server.surprises == []
