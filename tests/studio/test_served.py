"""The service as it is served: watching and hearing what is made, and cancelling it."""

import json

import httpx
from fastapi.testclient import TestClient

from resonance_core.store.creations import list_creations
from resonance_core.store.jobs import LOST, Job, load_job, running_job, save_job
from studio.app import create_app

LONG = {"prompt": "calm piano", "duration_s": 60, "seed": 3}
SHORT = {"prompt": "calm piano", "duration_s": 1, "seed": 3}


def watch(client: httpx.Client, location: str, last: str | None = None) -> list[tuple[str, dict]]:
    """The ids and jobs of all events until the job ends."""
    headers = {} if last is None else {"Last-Event-ID": last}
    found, version = [], ""
    with client.stream("GET", f"{location}/events", headers=headers) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            field, _, value = line.partition(": ")
            if field == "data":
                job = json.loads(value)
            elif field == "id":
                version = value
            elif not line and version:
                found.append((version, job))
                version = ""
    return found


def hear(client: httpx.Client, location: str, seconds: float) -> bytes:
    """The sound of a job while it is made, from the start."""
    heard = b""
    with client.stream("GET", f"{location}/audio") as answer:
        for part in answer.iter_bytes():
            heard += part
            if len(heard) > 44 + seconds * 64000:
                break
    return heard


def test_a_job_is_watched_to_its_end_and_again_from_where_one_was(served):
    location = served.post("/generations", json=SHORT).headers["Location"]
    events = watch(served, location)
    states = [job["state"] for _, job in events]
    assert states[-1] == "completed"
    assert states == sorted(states, key=["queued", "generating", "completed"].index)
    last, job = events[-1]
    assert job["progress"] == 1.0
    assert watch(served, location, last) == []
    assert watch(served, location, events[0][0]) == [events[-1]]


def test_a_piece_is_heard_while_it_is_made(served):
    location = served.post("/generations", json=SHORT).headers["Location"]
    live = hear(served, location, 100)
    assert live[:4] == b"RIFF"
    assert served.get(location).json()["state"] == "completed"
    whole = served.get(f"{location}/audio", follow_redirects=True)
    assert len(live) == len(whole.content) == 44 + 64000
    steps = [
        int.from_bytes(live[i : i + 2], "little", signed=True)
        - int.from_bytes(whole.content[i : i + 2], "little", signed=True)
        for i in range(44, len(live), 200)
    ]
    assert max(map(abs, steps)) < 350  # a hundredth of full scale


def test_a_piece_that_was_there_already_is_heard_too(served):
    whole = served.post("/generations?wait=true", json=SHORT).content
    before = served.post("/generations", json=LONG).headers["Location"]
    location = served.post("/generations", json=SHORT).headers["Location"]
    with served.stream("GET", f"{location}/audio") as answer:  # it waits for the one before
        served.delete(before)
        live = b"".join(answer.iter_bytes())
    assert len(live) == len(whole)


def test_cancelling_ends_what_plays_and_what_waits_and_keeps_nothing_of_it(served, store):
    first = served.post("/generations", json=LONG).headers["Location"]
    second = served.post("/generations", json={**LONG, "seed": 4}).headers["Location"]
    third = served.post("/generations", json=SHORT).headers["Location"]
    hear(served, first, 0.3)
    assert served.get(first).json()["state"] == "generating"
    assert [served.get(one).json()["position"] for one in (first, second, third)] == [0, 1, 2]
    assert served.delete(second).status_code == 202
    assert served.delete(first).status_code == 202
    for one in (first, second):
        _, job = watch(served, one)[-1]
        assert job["state"] == "cancelled"
        assert job["reason"] == "cancelled; nothing of it is kept"
        assert served.get(f"{one}/audio").status_code == 409
        assert served.delete(one).status_code == 409
    assert watch(served, third)[-1][1]["state"] == "completed"  # the device is free again
    assert [one.request["seed"] for one in list_creations(store)] == [3]
    assert len(list(store.records("generate"))) == 1


def test_requests_are_answered_while_a_piece_is_made(served):
    location = served.post("/generations", json=LONG).headers["Location"]
    hear(served, location, 0.3)
    assert served.get("/health").json()["waiting"] == 1
    assert served.get("/creations").json()["total"] == 0
    served.delete(location)
    watch(served, location)


def test_jobs_of_a_service_that_was_killed_are_closed_when_it_starts_again(store, little):
    lost = Job(id="5f0c1d0e-0000-4000-8000-000000000001", kind="generation", source="calm piano")
    lost.state = "generating"
    save_job(store, lost)
    elsewhere = Job(id="5f0c1d0e-0000-4000-8000-000000000002", source="/music")
    with (
        running_job(store, elsewhere),  # of another process, which lives
        TestClient(create_app(little), base_url="http://127.0.0.1") as client,
    ):
        found = {job["id"]: (job["state"], job["reason"]) for job in client.get("/jobs").json()}
        assert client.delete(f"/jobs/{elsewhere.id}").status_code == 409
    assert found == {lost.id: ("failed", LOST), elsewhere.id: ("downloading", None)}
    assert load_job(store, elsewhere.id).state == "completed"


def test_more_jobs_than_may_wait_are_refused(store, little):
    settings = little.model_copy(update={"max_jobs": 1})
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        first = client.post("/generations", json=LONG)
        second = client.post("/generations", json=SHORT)
        assert (first.status_code, second.status_code) == (202, 429)
        assert second.headers["Retry-After"] == "10"
        client.delete(first.headers["Location"])
