"""Cancelling a job ends it, whatever it is at."""

import sys
import time

import psutil
import pytest
from fastapi.testclient import TestClient

from resonance_core.store.jobs import FINAL, load_job
from studio.app import create_app
from studio.processes import CANCELLED

LONG = {"prompt": "calm piano", "duration_s": 60, "seed": 3}
REACHES = """
import sys, time
from resonance_core.config import RuntimeConfig
from resonance_core.store.jobs import Job, running_job
from resonance_core.store.open import open_store
wanted = {!r}
if wanted == "queued":
    time.sleep(60)
runtime = RuntimeConfig()
job = Job(id=runtime.job, request=runtime.request, source=sys.argv[-1])
with running_job(open_store(runtime.store), job) as running:
    running.list_tracks(["one"])
    running.move_to(wanted)
    time.sleep(60)
"""


def wait_for(client, location: str, states) -> dict:
    """The job, as soon as it is in one of some states."""
    deadline = time.monotonic() + 60
    while (job := client.get(location).json())["state"] not in states:
        assert time.monotonic() < deadline, job
        time.sleep(0.02)
    return job


@pytest.mark.parametrize(
    "state", ["queued", "downloading", "preprocessing", "extracting", "uploading"]
)
def test_an_ingest_ends_in_each_of_its_states(client, store, monkeypatch, state):
    monkeypatch.setattr("studio.sources.check_public", lambda _url: None)
    monkeypatch.setattr("studio.ingests.COMMAND", (sys.executable, "-c", REACHES.format(state)))
    asked = {"source": "https://music.example/list"}
    location = client.post("/playlists", json=asked).headers["Location"]
    wait_for(client, location, [state])
    assert client.delete(location).status_code == 202
    job = wait_for(client, location, FINAL)
    assert (job["state"], job["reason"]) == ("cancelled", CANCELLED)
    assert load_job(store, job["id"]).state == "cancelled"
    mine = [one for one in psutil.Process().children(recursive=True) if _sleeps(one)]
    assert mine == []
    assert client.delete(location).status_code == 409


def test_an_ingest_that_has_completed_stays_so_when_the_service_ends(store, little, monkeypatch):
    monkeypatch.setattr("studio.sources.check_public", lambda _url: None)
    works = REACHES.format("uploading").removesuffix("    time.sleep(60)\n")
    program = f"{works}time.sleep(60)\n"  # it takes its time to end
    monkeypatch.setattr("studio.ingests.COMMAND", (sys.executable, "-c", program))
    with TestClient(create_app(little), base_url="http://127.0.0.1") as client:
        asked = {"source": "https://music.example/list"}
        job = client.post("/playlists", json=asked).json()
        wait_for(client, f"/jobs/{job['id']}", ["completed"])
    ended = load_job(store, job["id"])
    assert (ended.state, ended.reason) == ("completed", None)


def _sleeps(process: psutil.Process) -> bool:
    return process.status() != "zombie" and "time.sleep(60)" in " ".join(process.cmdline())


def test_a_job_that_waits_ends_at_once(client, store):
    first = client.post("/generations", json=LONG).headers["Location"]
    second = client.post("/generations", json={**LONG, "seed": 4}).headers["Location"]
    assert client.delete(second).status_code == 202
    assert wait_for(client, second, FINAL)["state"] == "cancelled"
    assert client.get(first).json()["state"] in ("queued", "generating")
    client.delete(first)
    assert wait_for(client, first, FINAL)["state"] == "cancelled"
    assert list(store.records("generate")) == []


@pytest.mark.parametrize("kind", ["concept", "calibration", "slider"])
def test_what_has_the_model_ends_at_its_next_frame(client, store, monkeypatch, kind):
    """Also what a piece needs first: each trial is as long as a piece of an hour."""
    config = client.app.state.service.config
    endless = {"concept": config.concept.model_copy(update={"duration_s": 3600.0})}
    monkeypatch.setattr(client.app.state.service, "config", config.model_copy(update=endless))
    if kind == "concept":
        asked = {"name": "warm", "pairs": [["cold", "warm"], ["icy", "hot"]]}
        location = client.post("/concepts", json=asked).headers["Location"]
    elif kind == "calibration":
        location = client.post("/concepts/energy/calibration").headers["Location"]
    else:
        asked = {"prompt": "piano", "sliders": {"energy": 1}}
        location = client.post("/generations", json=asked).headers["Location"]
    wait_for(client, location, ["generating"])
    time.sleep(0.3)
    assert client.delete(location).status_code == 202
    job = wait_for(client, location, FINAL)
    assert (job["state"], job["reason"]) == ("cancelled", "cancelled; nothing of it is kept")
    assert list(store.records()) == []
    short = {"prompt": "piano", "duration_s": 0.1}
    assert client.post("/generations?wait=true", json=short).status_code == 200  # it is free again
