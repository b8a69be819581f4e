"""Recipes, layers and ways to weigh a playlist, from the request to the piece."""

from collections import Counter

import pytest

from resonance_core.config import rungs
from resonance_core.store.jobs import RunningJob

ASKED = {"prompt": "calm piano", "duration_s": 0.5, "seed": 3, "playlist": "example"}


@pytest.fixture
def store(example_store):
    """A store with the playlist ``example``."""
    return example_store


def made(client, ended, wanted: dict) -> tuple[dict, dict]:
    """The creation and the sidecar that a request leads to."""
    job = ended(client.post("/generations", json=wanted).headers["Location"])
    assert job["reason"] is None
    creation = client.get(job["location"]).json()
    return creation, creation["made"]


def stages(store) -> Counter:
    return Counter(record.stage for record in store.records())


def test_what_can_be_chosen_is_told(client):
    assert client.get("/steering").json() == {
        "recipes": list(rungs()),
        "recipe": "in-words",
        "layers": [0, 1, 2, 3, 4, 5],
        "modes": ["mean", "time_select", "attention_weighted"],
        "mode": "mean",
    }


def test_another_recipe_is_measured_and_played(client, ended, store):
    _, plain = made(client, ended, ASKED)
    before = stages(store)
    steer = {"recipe": "residual-scale", "layers": {"1": 1, "4": 0.5}}
    creation, steered = made(client, ended, {**ASKED, "steer": steer})
    assert steered["steer"]["layers"] == {"1": 1.0, "4": 0.5}
    assert (steered["steer"]["rows"], plain["steer"]["rows"]) == ("both", "conditional")
    assert steered["steering"][0]["direction"] == plain["steering"][0]["direction"]
    # What is usable with one recipe says nothing of another.
    added = stages(store) - before
    assert added == {"calibrate": 1, "generate": 1}
    [curve] = [
        one for one in store.records("calibrate") if one.request.config["steer"]["rows"] == "both"
    ]
    assert steered["steering"][0]["strength"] == curve.info["range"]["recommended"]
    assert creation["request"]["steer"] == {
        "recipe": "residual-scale",
        "layers": {"1": 1, "4": 0.5},
    }

    again, _ = made(client, ended, creation["request"])
    assert again["piece"] == creation["piece"]
    assert stages(store) == before + added


def test_a_playlist_is_weighed_otherwise_from_what_was_heard(client, ended, store):
    before = stages(store)
    weighed = {"mode": "time_select", "windows_s": [[0, 30]]}
    wanted = {**ASKED, "aggregate": weighed, "strength": 1.5}
    creation, piece = made(client, ended, wanted)
    [addition] = piece["steering"]
    direction = store.get(addition["direction"])
    assert (direction.stage, direction.request.config["mode"]) == ("aggregate", "time_select")
    added = stages(store) - before
    assert (added["aggregate"], added["extract"], added["calibrate"]) == (1, 0, 0)
    assert addition["strength"] == 1.5

    place = f"/creations/{creation['id']}/variants"
    variant = ended(client.post(place, json={"steer": "seed"}).headers["Location"])
    request = client.get(variant["location"]).json()["request"]
    assert request["aggregate"] == creation["request"]["aggregate"]
    assert request["steer"] == {"recipe": "seed", "layers": None}
    back = ended(client.post(place, json={"aggregate": None}).headers["Location"])
    found = client.get(back["location"]).json()
    assert found["made"]["steering"][0]["direction"] != addition["direction"]


def test_what_is_not_the_models_or_the_playlists_is_refused_before_it_becomes_a_job(client, store):
    key = next(store.records("aggregate")).key
    for wrong, status, words in (
        ({"steer": "best"}, 422, "no recipe 'best'"),
        ({"steer": {"layers": {"6": 1}}}, 422, "layer 6 of nano cannot be steered"),
        ({"aggregate": {"mode": "loudest"}}, 422, "mode"),
        ({"aggregate": {"mode": "mean"}, "playlist": key}, 404, "Name an ingested playlist"),
    ):
        answer = client.post("/generations", json={**ASKED, **wrong})
        told = f"{answer.json()['detail']}. {answer.json()['remedy']}"
        assert (answer.status_code, words in told) == (status, True), wrong
    assert client.get("/jobs").json() == []


def test_windows_in_which_no_track_has_a_chunk_are_told_as_the_reason(client, ended):
    weighed = {"mode": "time_select", "windows_s": [[500, 600]]}
    job = ended(
        client.post("/generations", json={**ASKED, "aggregate": weighed}).headers["Location"]
    )
    assert job["state"] == "failed"
    assert "inside the windows of time_select" in job["reason"]


def test_what_is_prepared_is_told_in_words_and_then_no_more(client, ended, store, monkeypatch):
    told = []
    at = RunningJob.at

    def record(running, step):
        at(running, step)
        told.append((running._job.state, running._job.step))

    monkeypatch.setattr(RunningJob, "at", record)
    for stage in ("vocabulary", "layer-effects", "calibrate"):
        for known in list(store.records(stage)):
            (store.directory(known.request) / "record.json").unlink()
    job = ended(client.post("/generations", json=ASKED).headers["Location"])
    assert told == [
        ("generating", "Learning the model's words"),
        ("generating", "Finding out where it steers"),
        ("generating", "Trying out how strongly it steers"),
        ("generating", None),  # it plays
    ]
    assert (job["state"], job["step"]) == ("completed", None)
    told.clear()
    ended(client.post("/generations", json={**ASKED, "seed": 4}).headers["Location"])
    assert told == [("generating", None)]


def test_a_job_that_is_cancelled_while_it_prepares_makes_nothing(client, ended, store, monkeypatch):
    for known in list(store.records("vocabulary")) + list(store.records("layer-effects")):
        (store.directory(known.request) / "record.json").unlink()
    service = client.app.state.service
    at = RunningJob.at

    def cancel(running, step):
        at(running, step)
        service.queue.get(running._job.id).stop()

    monkeypatch.setattr(RunningJob, "at", cancel)
    job = ended(client.post("/generations", json=ASKED).headers["Location"])
    assert job["state"] == "cancelled"
    found = stages(store)
    assert (found["vocabulary"], found["layer-effects"], found["generate"]) == (0, 0, 0)
