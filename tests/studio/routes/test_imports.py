import io
import json
import zipfile

import pytest
from fastapi.testclient import TestClient

from studio.app import create_app

ASKED = {"prompt": "calm piano", "duration_s": 0.5, "seed": 3}


@pytest.fixture
def exported(client, example_store) -> bytes:
    """A piece that a playlist steers."""
    asked = {**ASKED, "playlist": "example", "strength": 1.5}
    client.post("/generations?wait=true", json=asked)
    [found] = client.get("/creations").json()["creations"]
    return client.get(f"/creations/{found['id']}/export").content


@pytest.fixture
def elsewhere(little, tmp_path, monkeypatch):
    """A service with an empty store."""
    monkeypatch.setenv("RESONANCE_STORE", str(tmp_path / "elsewhere"))
    with TestClient(create_app(little), base_url="http://127.0.0.1") as client:
        yield client


def repacked(parcel: bytes, changes: dict[str, bytes | None]) -> bytes:
    """The same parcel with other files in it, or without them."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(parcel)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        held = {name: old.read(name) for name in old.namelist()} | changes
        for name, content in held.items():
            if content is not None:
                new.writestr(name, content)
    return made.getvalue()


def test_what_was_exported_plays_and_varies_elsewhere(client, elsewhere, exported, ended):
    [original] = client.get("/creations").json()["creations"]
    sound = client.get(f"/creations/{original['id']}/audio").content
    taken = elsewhere.post("/creations", content=exported)
    assert taken.status_code == 201
    place = f"/creations/{taken.json()['id']}"
    assert elsewhere.get(f"{place}/audio").content == sound
    assert elsewhere.get(f"{place}/peaks").status_code == 200
    assert elsewhere.get(place).json()["made"]["prompt"] == "calm piano"
    again = elsewhere.post("/creations", content=exported).json()
    assert again["id"] != taken.json()["id"]
    location = elsewhere.post(f"{place}/variants", json={"seed": 4}).headers["Location"]
    while (job := elsewhere.get(location).json())["state"] not in ("completed", "failed"):
        pass
    assert job["state"] == "completed", job["reason"]
    varied = elsewhere.get(job["location"]).json()
    assert varied["made"]["steering"][0]["strength"] == 1.5
    # Where it was made, to ask for it again is to find it.
    back = client.post("/creations", content=exported).json()
    location = client.post(f"/creations/{back['id']}/variants", json={}).headers["Location"]
    assert client.get(ended(location)["location"]).json()["piece"] == original["piece"]


def test_what_is_no_exported_piece_is_refused_and_nothing_of_it_kept(elsewhere, exported):
    with zipfile.ZipFile(io.BytesIO(exported)) as parcel:
        record = json.loads(parcel.read("record.json"))
        made = json.loads(parcel.read("creation.json"))
    other_stage = {**record, "request": {**record["request"], "stage": "vocabulary"}}
    other_key = {**record, "key": "0" * 64}
    apart = {**record, "request": {**record["request"], "dataset": "activations/x=1"}}
    packed = repacked(exported, {})  # whose first file cannot be unpacked
    start = packed.index(b"audio.wav") + len("audio.wav")
    broken = packed[:start] + b"\xff" * 20 + packed[start + 20 :]
    for wrong, words in (
        (repacked(exported, {"direction/direction.safetensors": b"x"}), "is not what its record"),
        (b"", "no exported piece"),
        (b"PK\x05\x06" + bytes(18), "no exported piece"),
        (exported[:-400], "no exported piece"),
        (repacked(exported, {"audio.wav": None}), "no exported piece"),
        (repacked(exported, {"audio.wav": b"RIFF"}), "audio.wav is not what its record says"),
        (repacked(exported, {"record.json": b"{}"}), "cannot be read"),
        (repacked(exported, {"record.json": json.dumps(other_stage).encode()}), "has no place"),
        (repacked(exported, {"record.json": json.dumps(other_key).encode()}), "has no place"),
        (repacked(exported, {"record.json": json.dumps(apart).encode()}), "has no place"),
        (broken, "no exported piece"),
        (repacked(exported, {"bomb": bytes(200_000)}), "are more than 100000"),
        (
            repacked(exported, {"creation.json": json.dumps({**made, "request": {}}).encode()}),
            "what the piece was made from",
        ),
    ):
        answer = elsewhere.post("/creations", content=wrong)
        assert (answer.status_code, words in answer.json()["detail"]) == (422, True), answer.json()
    assert elsewhere.get("/creations").json()["total"] == 0
