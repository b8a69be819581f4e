import shutil
import sys

import pytest

from studio.processes import CANCELLED

SLOW = "import time; time.sleep(60)"


@pytest.fixture
def upload(client, clips):
    """The source of an upload of two songs and a list that names another machine's."""

    def send(*more: tuple[str, bytes]) -> str:
        begun = client.post("/uploads").json()["id"]
        folder = client.app.state.service.store.root / "uploads" / begun
        for clip in clips[:2]:
            shutil.copyfile(clip, folder / clip.name)
        for name, content in more:
            assert client.put(f"/uploads/{begun}/{name}", content=content).status_code == 200
        return f"upload:{begun}"

    return send


def test_an_impression_gives_a_prompt_and_sliders_that_a_piece_takes(client, ended, upload, store):
    source = upload(("mine.m3u", b"/home/me/three.mp3\n"))
    key = {"Idempotency-Key": "mine"}
    first = client.post("/impressions", json={"source": source}, headers=key)
    assert first.status_code == 202
    job = ended(first.headers["Location"])
    assert (job["kind"], job["state"], job["reason"]) == ("impression", "completed", None)
    assert [track["state"] for track in job["tracks"]] == ["failed", "extracted", "extracted"]
    assert "file of another machine" in job["tracks"][0]["reason"]
    again = client.post("/impressions", json={"source": source}, headers=key)
    assert again.json()["id"] == job["id"]

    found = client.get(job["location"]).json()
    assert (found["key"], found["describer"]) == (job["result"], "local")
    assert found["prompt"].startswith(next(iter(found["character"]["genres"])))
    levels = found["character"]["levels"]
    assert found["sliders"]
    for name, position in found["sliders"].items():
        assert position == pytest.approx(levels[name], abs=0.025)
    asked = {"prompt": found["prompt"], "sliders": {}, "duration_s": 0.5}
    piece = client.post("/generations?wait=true", json=asked)
    assert piece.headers["X-Steering"] == "none"
    # The model has heard nothing of it.
    assert [one.stage for one in store.records()].count("extract") == 0


def test_an_impression_is_cancelled(client, ended, upload, monkeypatch):
    monkeypatch.setattr("studio.impressions.COMMAND", (sys.executable, "-c", SLOW))
    source = upload()
    first = client.post("/impressions", json={"source": source})
    joined = client.post("/impressions", json={"source": source})
    assert joined.json()["id"] == first.json()["id"]
    assert client.delete(first.headers["Location"]).status_code == 202
    job = ended(first.headers["Location"])
    assert (job["state"], job["reason"]) == ("cancelled", CANCELLED)


def test_what_cannot_be_described_is_refused(client, ended, store):
    for wrong, status in (
        ({"source": "http://127.0.0.1/list"}, 422),
        ({"source": "upload:none"}, 404),
        ({"source": "example", "describer": "nobody"}, 422),
        ({"source": "example", "describer": "gemini"}, 422),  # nobody agreed to send anything
    ):
        assert client.post("/impressions", json=wrong).status_code == status, wrong
    assert client.get("/jobs").json() == []
    assert client.get("/impressions/" + "0" * 64).status_code == 404
    client.post("/generations?wait=true", json={"prompt": "x", "duration_s": 0.5})
    [piece] = store.records("generate")
    assert client.get(f"/impressions/{piece.key}").status_code == 404
