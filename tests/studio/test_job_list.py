from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from resonance_core.store.jobs import LOST, Job, list_jobs, save_job
from studio.app import create_app
from studio.job_list import KEPT, JobList, Outline

NOW = datetime.now(UTC)


def kept(store, age: timedelta, **fields) -> Job:
    """A job that was made, and last changed, so long ago."""
    job = Job(**{"id": str(uuid4()), "kind": "generation", "source": "piano", **fields})
    job.created_at = NOW - age
    save_job(store, job)
    job.updated_at = job.created_at
    (store.root / f"jobs/{job.id}.json").write_text(job.model_dump_json())
    return job


def test_jobs_of_pieces_are_forgotten_a_day_after_they_ended_and_nothing_else_is(store):
    ended = {"state": "completed"}
    old, new = kept(store, 1.1 * KEPT, **ended), kept(store, 0.9 * KEPT, **ended)
    ingest = kept(store, 3 * KEPT, kind="ingest", **ended)
    jobs = JobList(store)
    jobs.read()
    waits = kept(store, 2 * KEPT)  # after those that nobody works on are closed
    assert [job.id for job in jobs.read()] == [new.id, old.id, waits.id, ingest.id]
    jobs.forget()
    assert list_jobs(store) == [new, waits, ingest]
    assert jobs.read() == [Outline.of(job) for job in (new, waits, ingest)]
    assert not (store.root / f"jobs/{old.id}.json").exists()


def test_a_service_forgets_when_it_starts(store, little):
    kept(store, 2 * KEPT, state="failed")
    with TestClient(create_app(little), base_url="http://127.0.0.1") as client:
        while client.get("/jobs").json():
            pass


def test_what_has_ended_is_read_again_only_where_it_changed(store, monkeypatch):
    ended = [kept(store, timedelta(hours=n), state="completed") for n in range(3)]
    again = kept(store, timedelta(hours=10), kind="ingest", state="failed")
    jobs, read, files = JobList(store), store.read_whole, []
    first = jobs.read()
    goes_on = kept(store, timedelta(hours=9))
    monkeypatch.setattr(store, "read_whole", lambda name: files.append(name) or read(name))
    again.state = "downloading"  # it is run again
    save_job(store, again)
    (store.root / f"jobs/{ended[0].id}.json").unlink()
    for _ in range(2):
        files.clear()
        assert jobs.read() == [*first[1:3], Outline.of(goes_on), Outline.of(again)]
        assert sorted(files) == sorted(f"jobs/{job.id}.json" for job in (goes_on, again))


def test_the_first_who_asks_finds_lost_jobs_closed(store, client):
    client.get("/jobs")
    lost = kept(store, timedelta(hours=1), state="generating")
    assert [job.state for job in JobList(store).read() if job.id == lost.id] == ["failed"]
    assert client.get(f"/jobs/{lost.id}").json()["reason"] == LOST


def test_jobs_are_listed_the_newest_first_and_on_from_the_last_one(store, client):
    made = [kept(store, timedelta(minutes=n), state="completed") for n in range(5)]
    first = client.get("/jobs", params={"limit": 2}).json()
    assert [job["id"] for job in first] == [job.id for job in made[:2]]
    rest = client.get("/jobs", params={"offset": 2}).json()
    assert [job["id"] for job in rest] == [job.id for job in made[2:]]


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 1001}, {"offset": -1}])
def test_a_page_that_cannot_be_is_refused(client, wrong):
    assert client.get("/jobs", params=wrong).status_code == 422
