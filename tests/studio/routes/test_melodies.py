import base64
import io
from pathlib import Path

import numpy as np
import soundfile
from fastapi.testclient import TestClient

from resonance_core.stages import transcode as transcode_stage
from studio.app import create_app


def humming(seconds: float) -> bytes:
    """A recording of one tone."""
    samples = 0.3 * np.sin(2 * np.pi * 220 * np.arange(int(seconds * 8000)) / 8000)
    wav = io.BytesIO()
    soundfile.write(wav, samples, 8000, format="WAV")
    return wav.getvalue()


def test_a_recording_becomes_a_melody_that_pieces_follow(client, store):
    taken = client.post("/melodies", content=humming(2))
    assert taken.status_code == 201
    assert taken.json()["seconds"] == 2.0
    key = taken.json()["key"]
    asked = {"prompt": "calm piano", "duration_s": 0.5, "seed": 3}
    client.post("/generations?wait=true", json={**asked, "melody": key})
    [piece] = store.records("generate")
    assert piece.info["melody"]["key"] == key


def test_a_recording_that_cannot_be_used_is_refused(client):
    silent = client.post("/melodies", content=b"no audio at all")
    assert silent.status_code == 422
    assert silent.json()["type"] == "urn:resonance:problem:track"
    parts = iter([humming(2)] * 5)  # 160 kB, in chunks
    assert client.post("/melodies", content=parts).status_code == 413


def test_a_recording_is_taken_in_base64_too(client):
    raw = client.post("/melodies", content=humming(2)).json()
    text = base64.b64encode(humming(2)).decode()
    assert client.post("/melodies", json={"base64": text}).json() == raw
    for wrong, words in (
        ({"base64": "no base64!"}, "base64 cannot be decoded"),
        ({"base64": base64.b64encode(b"no audio at all").decode()}, "cannot be read as audio"),
        ({"base64": text, "url": "https://music.example/x.wav"}, "give either url or base64"),
        ({}, "give either url or base64"),
        ([], "the recording cannot be read"),
    ):
        answer = client.post("/melodies", json=wrong)
        assert (answer.status_code, words in answer.json()["detail"]) == (422, True), wrong


def test_a_recording_at_an_address_is_fetched_if_that_is_public(client, monkeypatch):
    raw = client.post("/melodies", content=humming(2)).json()
    for url, words in (
        ("http://127.0.0.1:9/x.wav", "is not public"),
        ("http://[::1]/x.wav", "is not public"),
        ("file:///etc/passwd", "is no web address"),
        ("x", "is no web address"),
    ):
        answer = client.post("/melodies", json={"url": url})
        assert (answer.status_code, words in answer.json()["detail"]) == (422, True), url

    async def fetched(url: str, target: Path, max_bytes: int) -> None:
        assert (url, max_bytes) == ("https://music.example/x.wav", 25_000_000)
        target.write_bytes(humming(2))

    monkeypatch.setattr("studio.routes.melodies.fetch", fetched)
    found = client.post("/melodies", json={"url": "https://music.example/x.wav"})
    assert (found.status_code, found.json()) == (201, raw)


def test_too_much_of_a_recording_is_refused_before_it_is_decoded(store, little, monkeypatch):
    settings = little.model_copy(update={"max_melody_bytes": 40_000, "max_melody_s": 2.0})
    decoded = []
    real = transcode_stage.transcode
    monkeypatch.setattr(
        transcode_stage, "transcode", lambda *given: decoded.append(given) or real(*given)
    )
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        large = client.post("/melodies", content=humming(2.6))
        text = base64.b64encode(humming(2.6)).decode()
        assert large.status_code == client.post("/melodies", json={"base64": text}).status_code
        assert (large.status_code, large.json()["type"][-8:]) == (413, "toolarge")
        long = client.post("/melodies", content=humming(2.3))
        assert (long.status_code, "longer than 2 s" in long.json()["detail"]) == (422, True)
        assert decoded == []
        assert client.post("/melodies", content=humming(2)).status_code == 201
        assert len(decoded) == 1


def test_a_recording_that_says_it_is_short_is_decoded_no_further(store, little):
    flac = io.BytesIO()
    soundfile.write(flac, np.random.default_rng(0).normal(0, 0.1, 4 * 8000), 8000, format="FLAC")
    lying = bytearray(flac.getvalue())
    lying[21:26] = bytes([lying[21] & 0xF0, *(8000).to_bytes(4, "big")])  # the header's samples
    settings = little.model_copy(update={"max_melody_s": 2.0})
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        answer = client.post("/melodies", content=bytes(lying))
    assert answer.status_code == 422
    assert "longer than 2 s" in answer.json()["detail"]
