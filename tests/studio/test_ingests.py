"""Ingests through the service; a stand-in for the command shows what its process does."""

import sys
import time

import psutil
import pytest

from resonance_core.store.jobs import FINAL, load_job
from studio.processes import CANCELLED, Processes

STARTS = """
import subprocess, sys, time
from resonance_core.config import RuntimeConfig
from resonance_core.store.jobs import Job, running_job
from resonance_core.store.open import open_store
runtime = RuntimeConfig()
job = Job(id=runtime.job, request=runtime.request, source=sys.argv[-1])
with running_job(open_store(runtime.store), job) as running:
    running.list_tracks(["one", "two"])
    time.sleep(1)  # progress is written once a second
    running.advance(0, "downloaded")
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    time.sleep(60)
"""
FAILS = """
print('{"error": {"problem": "the source cannot be listed", "remedy": "Look at it"}}')
raise SystemExit(2)
"""
PLAYLIST = {"source": "https://music.example/list"}


@pytest.fixture
def command(monkeypatch):
    """Has ingests run a program instead, from any address."""
    monkeypatch.setattr("studio.sources.check_public", lambda _url: None)

    def use(program: str) -> None:
        monkeypatch.setattr("studio.ingests.COMMAND", (sys.executable, "-c", program))

    return use


def wait_for(client, location: str, wanted) -> dict:
    """The job, as soon as it is as wanted."""
    deadline = time.monotonic() + 300
    while not wanted(job := client.get(location).json()):
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
    return job


def test_the_same_playlist_joins_the_job_that_goes_on(client, command):
    command(STARTS)
    first = client.post("/playlists", json=PLAYLIST)
    assert first.status_code == 202
    again = client.post("/playlists", json=PLAYLIST)
    other = client.post("/playlists", json={**PLAYLIST, "name": "mine"})
    assert first.json()["id"] == again.json()["id"] != other.json()["id"]
    location = first.headers["Location"]
    job = wait_for(client, location, lambda job: job["counts"]["downloaded"] == 1)
    assert [track["state"] for track in job["tracks"]] == ["downloaded", "waiting"]
    later = client.post("/playlists", json=PLAYLIST)
    assert later.json()["id"] == first.json()["id"]


def sleeping() -> list[psutil.Process]:
    """The processes of this one that do nothing for a minute."""
    children = psutil.Process().children(recursive=True)
    return [one for one in children if "time.sleep(60)" in " ".join(one.cmdline())]


def test_cancelling_ends_the_process_and_what_it_started(client, command, store):
    command(STARTS)
    location = client.post("/playlists", json=PLAYLIST).headers["Location"]
    wait_for(client, location, lambda job: job["counts"]["downloaded"] == 1)
    deadline = time.monotonic() + 30
    while len(mine := sleeping()) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(mine) == 2
    assert client.delete(location).status_code == 202
    job = wait_for(client, location, lambda job: job["state"] in FINAL)
    assert (job["state"], job["reason"]) == ("cancelled", CANCELLED)
    assert not any(one.is_running() and one.status() != "zombie" for one in mine)
    assert load_job(store, job["id"]).ended_at is not None
    assert client.delete(location).status_code == 409


def test_why_an_ingest_failed_is_told(client, command):
    command(FAILS)
    location = client.post("/playlists", json=PLAYLIST).headers["Location"]
    job = wait_for(client, location, lambda job: job["state"] in FINAL)
    assert (job["state"], job["reason"]) == ("failed", "the source cannot be listed. Look at it")


def test_a_process_that_cannot_be_started_leaves_a_job_that_failed(client, command, monkeypatch):
    command(FAILS)
    monkeypatch.setattr("studio.ingests.COMMAND", ("/no/such/program",))
    location = client.post("/playlists", json=PLAYLIST).headers["Location"]
    job = wait_for(client, location, lambda job: job["state"] in FINAL)
    assert (job["state"], "cannot be started" in job["reason"]) == ("failed", True)


def test_a_job_that_ends_while_it_is_asked_for_is_found(client, command, monkeypatch):
    command(FAILS)
    location = client.post("/playlists", json=PLAYLIST).headers["Location"]
    wait_for(client, location, lambda job: job["state"] in FINAL)
    monkeypatch.setattr(Processes, "has", lambda *_: True)  # when it was looked for
    assert client.get(location).json()["state"] == "failed"


def test_an_address_that_is_not_public_becomes_no_job(client):
    answer = client.post("/playlists", json={"source": "http://127.0.0.1:4200/api"})
    assert answer.status_code == 422
    assert "is not public" in answer.json()["detail"]
    answer = client.post("/playlists", json={**PLAYLIST, "name": "../mine"})
    assert "cannot be a playlist's name" in answer.json()["detail"]
    assert client.get("/jobs").json() == []


@pytest.mark.slow
def test_a_playlist_becomes_a_direction(client, clips):
    upload = client.post("/uploads").json()["id"]
    song = clips[0].read_bytes()[:90_000]  # the first seconds; more is refused here
    assert client.put(f"/uploads/{upload}/{clips[0].name}", content=song).status_code == 200
    asked = {"source": f"upload:{upload}", "name": "mine"}
    location = client.post("/playlists", json=asked).headers["Location"]
    job = wait_for(client, location, lambda job: job["state"] in FINAL)
    assert (job["state"], job["reason"], job["location"]) == ("completed", None, "/playlists/mine")
    assert job["run"] != job["id"]
    found = client.get(job["location"]).json()
    assert found["tracks"][0]["status"] == "completed"
    piece = {"prompt": "calm", "duration_s": 0.5, "playlist": "mine", "strength": 1}
    assert client.post("/generations?wait=true", json=piece).headers["X-Steering"] != "none"
