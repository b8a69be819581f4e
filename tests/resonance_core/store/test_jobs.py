import json
import multiprocessing
import os

import pytest

from resonance_core.errors import TrackError
from resonance_core.store.jobs import (
    LOST,
    Job,
    RunningJob,
    close_lost_jobs,
    list_jobs,
    load_job,
    running_job,
    save_job,
)
from resonance_core.store.store import Store


def job(number: int = 1) -> Job:
    return Job(id=f"run-{number}", source="/music", name="mine")


def read(store: Store) -> dict:
    """The first job as anybody reads it."""
    return json.loads((store.root / "jobs" / "run-1.json").read_text())


def test_a_job_is_at_what_its_last_track_needs_next(store):
    with running_job(store, job()) as running:
        assert read(store)["state"] == "downloading"
        running.list_tracks(["one", "two", "three"])
        states = []
        for position, state in (
            *((0, "downloaded"), (0, "preprocessed"), (0, "extracted")),
            *((1, "downloaded"), (2, "failed")),
            *((1, "preprocessed"), (1, "extracted")),
        ):
            running.advance(position, state, "gone" if state == "failed" else None)
            states.append(list_jobs(store)[0].state)
        assert states == [*["downloading"] * 4, "preprocessing", "extracting", "extracting"]
        running.move_to("uploading")
        assert read(store)["state"] == "uploading"
    ended = read(store)
    assert ended["state"] == "completed"
    assert ended["counts"] == {
        "waiting": 0,
        "downloaded": 0,
        "preprocessed": 0,
        "extracted": 2,
        "failed": 1,
    }
    assert [track["reason"] for track in ended["tracks"]] == [None, None, "gone"]


def test_progress_is_written_now_and_then_and_a_change_of_state_at_once(store, monkeypatch):
    written = []
    monkeypatch.setattr(Store, "write_whole", lambda _, name, text: written.append(text))
    running = RunningJob(store, job())
    running.list_tracks([str(number) for number in range(100)])
    for position in range(100):
        running.advance(position, "downloaded")
    assert len(written) < 10
    assert json.loads(written[-1])["state"] == "preprocessing"


@pytest.mark.parametrize(
    ("error", "state"),
    [(ValueError("no music"), "failed"), (KeyboardInterrupt("stopped"), "cancelled")],
)
def test_a_job_says_how_it_ended(store, error, state):
    with pytest.raises(type(error)), running_job(store, job()):
        raise error
    assert (read(store)["state"], read(store)["reason"]) == (state, str(error))
    assert list((store.root / ".locks").iterdir()) == []


def work_for_ever(root, began) -> None:
    with running_job(Store(root), job()):
        began.set()
        began.wait()
        multiprocessing.Event().wait()


def test_a_job_is_lost_when_its_process_was_killed_and_not_before(store):
    context = multiprocessing.get_context("spawn")
    began = context.Event()
    process = context.Process(target=work_for_ever, args=(store.root, began))
    process.start()
    began.wait()
    assert close_lost_jobs(store) == []
    assert read(store)["state"] == "downloading"
    process.kill()
    process.join()
    assert [lost.id for lost in close_lost_jobs(store)] == ["run-1"]
    assert (read(store)["state"], read(store)["reason"]) == ("failed", LOST)
    assert close_lost_jobs(store) == []


def test_jobs_of_other_owners_are_left_to_them(store):
    save_job(store, Job(id="far", source="x", name=None, state="extracting", owner="elsewhere"))
    assert close_lost_jobs(store) == []
    assert list_jobs(store)[0].state == "extracting"


def test_jobs_are_listed_from_the_newest_and_damaged_ones_left_out(store):
    assert list_jobs(store) == []
    for number in (1, 2, 3):
        save_job(store, job(number))
    (store.root / "jobs" / "run-2.json").write_text("{")
    assert [one.id for one in list_jobs(store)] == ["run-3", "run-1"]


def test_a_job_says_when_it_began_how_far_it_is_and_what_it_led_to(store):
    asked = Job(id="5f0c1d0e-0000-4000-8000-000000000001", kind="generation", source="calm piano")
    with running_job(store, asked, "queued") as running:
        waiting = load_job(store, asked.id)
        assert (waiting.state, waiting.started_at) == ("queued", None)
        running.move_to("generating")
        running.play(0.5)
        running.end_with("piece")
    ended = load_job(store, asked.id)
    assert (ended.state, ended.progress, ended.result) == ("completed", 0.5, "piece")
    assert ended.created_at <= ended.started_at <= ended.ended_at
    assert load_job(store, "../playlists/mine") is None


def test_a_job_that_ends_while_lost_ones_are_looked_for_stays_as_it_ended(store, monkeypatch):
    save_job(store, job().model_copy(update={"state": "extracting"}))
    locked = Store.locked

    def end_first(self, work, timeout_s=-1):
        if work.startswith("job-"):
            save_job(store, job().model_copy(update={"state": "completed"}))
        return locked(self, work, timeout_s)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "locked", end_first)
        assert close_lost_jobs(store) == []
    assert read(store)["state"] == "completed"


def test_a_reason_that_names_a_file_of_undecodable_bytes_is_kept(store):
    name = os.fsdecode(b"caf\xe9.mp3")
    error = TrackError(f"{name} cannot be read")
    with running_job(store, job()) as running:
        running.list_tracks(["one"])
        running.advance(0, "failed", str(error))
    assert read(store)["tracks"][0]["reason"] == "caf\ufffd.mp3 cannot be read."
