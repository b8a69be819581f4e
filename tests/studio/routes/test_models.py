import time

import pytest
from fastapi.testclient import TestClient

from flows.settings import Settings
from resonance_core.models.capabilities import CAPABILITIES
from resonance_core.steering.intent.words import SLIDERS
from studio.app import create_app
from studio.settings import StudioSettings
from tests.lyria_server import KEY, Manner

ASKED = {"prompt": "slow piano", "duration_s": 0.5, "seed": 3}


@pytest.fixture
def hosted(lyria, store, monkeypatch):
    """A client of a service that plays with Lyria."""
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    settings = StudioSettings(pipeline=Settings(config="lyria"))
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        yield client


def test_it_says_what_each_backend_can_do(client):
    found = {row.pop("backend"): row for row in client.get("/models").json()}
    assert [name for name, row in found.items() if row.pop("used")] == ["transformers"]
    assert found == {name: row.model_dump(mode="json") for name, row in CAPABILITIES.items()}


def test_a_hosted_model_plays_for_those_who_agree(hosted, lyria):
    answer = hosted.post("/generations?wait=true", json=ASKED)
    assert answer.status_code == 422
    refused = answer.json()
    assert refused["type"] == "urn:resonance:problem:consent"
    assert refused["sending"].startswith("the words “slow piano” and ")
    assert "to models/lyria-realtime-exp at 127.0.0.1:" in refused["sending"]
    assert (lyria.sessions, hosted.get("/jobs").json()) == ([], [])
    answer = hosted.post("/generations?wait=true", json={**ASKED, "consent": True})
    assert answer.status_code == 200
    assert answer.headers["X-Backend"] == "lyria"
    assert (answer.headers["X-Steering"], answer.headers["X-Sample-Rate"]) == ("none", "48000")
    assert len(lyria.sessions) == 1


def test_a_piece_that_does_not_come_can_be_cancelled(hosted, lyria):
    lyria.manners = [Manner(chunks=False)]
    job = hosted.post("/generations", json={**ASKED, "consent": True}).json()
    while not (lyria.sessions and lyria.sessions[0].said("playbackControl")):
        time.sleep(0.01)
    hosted.delete(f"/jobs/{job['id']}")
    hosted.get(f"/jobs/{job['id']}/events")  # until it has ended, far below Lyria's time limit
    assert hosted.get(f"/jobs/{job['id']}").json()["state"] == "cancelled"


def test_a_hosted_model_cannot_be_steered_by_directions(hosted, lyria):
    answer = hosted.post("/generations", json={**ASKED, "steer": "seed", "consent": True})
    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "lyria cannot be steered by directions",
    )
    found = hosted.get("/steering").json()
    assert (found["recipes"], found["layers"], found["modes"]) == ([], [], [])
    sliders = hosted.get("/concepts").json()
    assert [one["name"] for one in sliders if one["slider"]] == list(SLIDERS)
    assert {one["key"] for one in sliders} == {None}


def test_who_makes_a_variant_is_asked_again(hosted, lyria):
    hosted.post("/generations?wait=true", json={**ASKED, "consent": True})
    (creation,) = hosted.get("/creations").json()["creations"]
    assert "consent" not in creation["request"]
    variants = f"/creations/{creation['id']}/variants"
    refused = hosted.post(variants, json={"seed": 4}).json()
    assert "“slow piano”" in refused["sending"]
    assert len(lyria.sessions) == 1
    # What is there already sends nothing, and needs no consent.
    for change, sessions in (({}, 1), ({"seed": 4, "consent": True}, 2)):
        job = hosted.post(variants, json=change).json()
        hosted.get(f"/jobs/{job['id']}/events")  # until it has ended
        assert len(lyria.sessions) == sessions
