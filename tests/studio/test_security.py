"""What the service promises where strangers' pages, links and files come in.

Promises with a place of their own are held there: ``test_guard.py`` (key, origin, size, host),
``test_addresses.py`` and ``resonance_core/sources/test_public.py`` (addresses, also behind names
and redirects), ``routes/test_shares.py`` (links), ``test_cli.py`` and ``test_settings.py`` (where
it listens).
"""

import gzip
import io
import json
import os
import socket
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
import soundfile
from itsdangerous import URLSafeSerializer

from resonance_core.store.jobs import FINAL
from studio.page import WEB

CANARY = "canary"
OUT = [
    f"../{CANARY}",
    f"../../{CANARY}",
    f"../../{CANARY}.json",
    f"/{CANARY}",
    f"..\\{CANARY}",
    f"~/{CANARY}",
]
OUT += [f"file:///{CANARY}", f"arrow:///{CANARY}?column=audio&row=0", f"{CANARY}\0", f"./{CANARY}"]
"""Names that would lead out of the store, were they paths."""
touched: list[str] = []
"""Files that this process has opened, listed, made, moved, removed, or asked for."""
EVENTS = {"open", "os.listdir", "os.scandir", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}


def _watch(event: str, args: tuple[object, ...]) -> None:
    if event in EVENTS:
        touched.extend(str(one) for one in args if isinstance(one, str | bytes | Path))


sys.addaudithook(_watch)

RESOLVES = """
import json, sys
from resonance_core.config import ResolveConfig
from resonance_core.errors import SourceError
from resonance_core.sources.resolve import resolve
try:
    resolve(sys.argv[-1], ResolveConfig())
except SourceError as error:
    print(json.dumps({"error": {"problem": error.problem, "remedy": error.remedy}}))
"""


@pytest.fixture
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file beside the store that nobody may touch."""
    stat = os.stat
    monkeypatch.setattr(
        os, "stat", lambda path, **how: touched.append(str(path)) or stat(path, **how)
    )
    path = tmp_path / f"{CANARY}.json"
    path.write_text("SECRET")
    touched.clear()
    return path


@pytest.mark.parametrize("name", OUT)
def test_no_path_of_a_client_touches_the_file_system(client, store, canary, name):
    upload = client.post("/uploads").json()["id"]
    named = quote(name, safe="")
    answers = [
        client.request(method, path.format(named))
        for path in (
            *("/creations/{}", "/creations/{}/audio", "/creations/{}/export", "/jobs/{}"),
            *("/jobs/{}/audio", "/jobs/{}/events", "/playlists/{}", "/concepts/{}", "/shared/{}"),
            *("/uploads/{}", "/concepts/{}/calibration", "/web/{}", "/{}"),
        )
        for method in ("GET", "POST", "DELETE")
    ]
    answers += [
        client.put(f"/uploads/{upload}/{named}", content=b"x"),
        client.put(f"/uploads/{named}/a.mp3", content=b"x"),
        client.get("/creations", params={"search": name}),
        client.post("/playlists", json={"source": name}),
        client.post("/playlists", json={"source": f"upload:{name}"}),
        client.post("/playlists", json={"source": "https://8.8.8.8/", "name": name}),
        client.post("/concepts", json={"name": name, "pairs": [["a", "b"], ["c", "d"]]}),
    ]
    for field in ("playlist", "melody", "continues"):
        asked = {"prompt": "piano", "duration_s": 0.1, field: name}
        answers.append(client.post("/generations?wait=true", json=asked))
    answers.append(client.post("/generations", json={"prompt": "x", "sliders": {name: 1}}))
    for answer in answers:
        assert answer.status_code in (200, 404, 405, 409, 422), answer.request.url
        assert "SECRET" not in answer.text
    # A song's name leads to a name in the upload, that of a page's file to the page's folder.
    homes = (store.root / "uploads", WEB)
    for path in [Path(path).resolve() for path in touched[:] if CANARY in path]:
        assert any(path.is_relative_to(home) for home in homes), path
    assert canary.read_text() == "SECRET"


def test_a_songs_path_is_no_path(client, store, canary):
    upload = client.post("/uploads").json()["id"]
    for name in ("../song.mp3", "/etc/song.mp3", "..\\song.mp3", ".song.mp3", "a/../../song.mp3"):
        client.put(f"/uploads/{upload}/{quote(name, safe='')}", content=b"x")
    assert {path.name for path in store.root.parent.iterdir()} == {"store", canary.name}
    held = [path for path in (store.root / "uploads").rglob("*") if path.is_file()]
    assert {path.parent for path in held} <= {store.root / "uploads" / upload}


def test_an_ingest_connects_to_no_private_address_whatever_its_name_meant_before(
    client, monkeypatch
):
    public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))]
    monkeypatch.setattr("studio.addresses.socket.getaddrinfo", lambda *_, **__: public)
    monkeypatch.setattr("studio.ingests.COMMAND", (sys.executable, "-c", RESOLVES))
    asked = []

    class Private(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    with ThreadingHTTPServer(("127.0.0.1", 0), Private) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        source = f"http://localhost:{server.server_port}/list"
        job = client.post("/playlists", json={"source": source}).json()
        while job["state"] not in FINAL:
            job = client.get(f"/jobs/{job['id']}").json()
        server.shutdown()
    assert f"{source} leads to a place that is not public" in job["reason"]
    assert asked == []


def silence(hours: float, samples: int | None = None) -> bytes:
    """FLAC of silence, a few bytes a second, and how many samples its header claims to have."""
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", 4000, 1, format="FLAC") as sound:
        for _ in range(round(hours * 60)):
            sound.write(np.zeros(60 * 4000, np.int16))
    flac = bytearray(file.getvalue())
    if samples is not None:  # the last 36 bits before the digest of STREAMINFO
        flac[21] = flac[21] & 0xF0 | samples >> 32
        flac[22:26] = (samples & 0xFFFFFFFF).to_bytes(4, "big")
    return bytes(flac)


def test_a_small_file_of_hours_is_not_decoded(client, store):
    upload = client.post("/uploads").json()["id"]
    honest = silence(1)
    assert len(honest) < 100_000
    answer = client.put(f"/uploads/{upload}/long.flac", content=honest)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "'long.flac' lasts 3600 s, longer than 1800 s"
    for recording in (honest, silence(1, samples=0), silence(1, samples=4000)):
        answer = client.post("/melodies", content=recording)
        assert answer.status_code == 422
        assert "longer than 600 s" in answer.json()["detail"]
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_nothing_is_unpacked(client):
    asked = json.dumps({"prompt": "x" * 10_000_000}).encode()
    packed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = client.post("/generations", content=gzip.compress(asked), headers=packed)
    assert answer.status_code in (400, 422)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("song.mp3", bytes(50_000_000))
    assert client.post("/melodies", content=archive.getvalue()).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 50_000,
        b'{"prompt": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b'{"prompt": "x", "seed": ' + b"9" * 5000 + b"}",
        b'{"prompt": "\\ud800"}',
        b'{"prompt": "x", "strength": NaN, "playlist": "example"}',
        b'{"prompt": "x", "duration_s": 1e309}',
        b"\xff\xfe",
    ],
)
def test_a_body_that_would_break_its_reader_is_refused(client, body):
    kind = {"Content-Type": "application/json"}
    answer = client.post("/generations", content=body, headers=kind)
    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert client.get("/jobs").json() == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/playlists", {"source": "example", "folder": "/music"}),
        ("/creations/5f0c1d0e-0000-4000-8000-000000000001/variants", {"slider": {"bass": 1}}),
        ("/generations", {"prompt": "piano", "store": "/tmp"}),
    ],
)
def test_a_field_that_nobody_knows_is_not_passed_over(client, path, body):
    answer = client.post(path, json=body)
    assert answer.status_code == 422
    assert "Extra inputs are not permitted" in answer.json()["detail"]


def test_links_are_never_signed_with_an_empty_secret(client, tmp_path):
    secret = tmp_path / "data" / "resonance" / "studio-secret"
    secret.parent.mkdir(parents=True, exist_ok=True)
    secret.write_text("")  # of a service that was killed while it drew one
    forged = URLSafeSerializer("", salt="share").dumps("5f0c1d0e-0000-4000-8000-000000000001")
    assert client.get(f"/shared/{forged}").status_code == 404
    assert len(secret.read_text()) == 64
