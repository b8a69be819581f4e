import io
import json
import shutil
import zipfile

import numpy as np
import pytest

from resonance_core.store.creations import load_creation, save_creation

ASKED = {"prompt": "calm piano", "duration_s": 0.5, "seed": 3}


@pytest.fixture
def creation(client) -> dict:
    """A creation."""
    client.post("/generations?wait=true", json=ASKED)
    [found] = client.get("/creations").json()["creations"]
    return found


def test_a_variant_hangs_on_what_it_came_from(client, ended, creation):
    place = f"/creations/{creation['id']}"
    job = ended(client.post(f"{place}/variants", json={"seed": 9}).headers["Location"])
    variant = client.get(job["location"]).json()
    assert variant["parent"] == creation["id"]
    assert variant["request"] == {**creation["request"], "seed": 9}
    assert variant["piece"] != creation["piece"]
    again = ended(client.post(f"{place}/variants", json={}).headers["Location"])
    assert client.get(again["location"]).json()["piece"] == creation["piece"]


def test_words_move_sliders_and_are_taken_back(client, creation):
    place = f"/creations/{creation['id']}/refine"
    said = client.post(place, json={"text": "more bass, less tension"}).json()
    assert said["positions"]["bass"] > 0 > said["positions"]["tension"]
    assert {one["slider"] for one in said["changes"]} == {"bass", "tension"}
    back = client.post(place, json={"text": "undo", "history": said["history"]}).json()
    assert back["undone"] == 1
    assert client.post(place, json={"text": " "}).status_code == 422


def test_words_are_understood_of_a_piece_whose_recipe_is_gone(client, creation, store):
    kept = load_creation(store, creation["id"])
    request = {**kept.request, "steer": {"recipe": "gone"}, "sliders": {"bass": 0.5}}
    save_creation(store, kept.model_copy(update={"request": request}))
    said = client.post(f"/creations/{kept.id}/refine", json={"text": "less tension"}).json()
    assert said["positions"]["bass"] == 0.5
    assert said["positions"]["tension"] < 0


def test_a_variant_that_cannot_be_played_is_refused(client, creation):
    place = f"/creations/{creation['id']}/variants"
    for wrong, words in (
        ({"sliders": {"bass": 2}}, "sliders.bass"),
        ({"sliders": {"sweetness": 1}}, "no concept 'sweetness'"),
        ({"duration_s": 0}, "duration_s"),
        ({"strength": 1}, "name the playlist"),
    ):
        answer = client.post(place, json=wrong)
        assert (answer.status_code, words in answer.json()["detail"]) == (422, True), wrong
    assert client.get("/creations").json()["total"] == 1


def test_an_export_holds_the_sound_and_how_it_was_made(client, creation):
    place = f"/creations/{creation['id']}"
    answer = client.get(f"{place}/export")
    assert 'filename="calm-piano.zip"' in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.read("audio.wav") == client.get(f"{place}/audio").content
        made = json.loads(packed.read("audio.json"))
    assert (made["prompt"], made["seed"]) == ("calm piano", 3)


def test_takes_come_in_one_batch_and_each_can_be_made_again(client, ended, creation, store):
    place = f"/creations/{creation['id']}/variants"
    job = ended(client.post(place, json={"takes": 2}).headers["Location"])
    assert job["state"] == "completed", job["reason"]
    assert (job["result"], job["parent"]) == (job["creations"][0], creation["id"])
    takes = [client.get(f"/creations/{one}").json() for one in job["creations"]]
    assert [one["parent"] for one in takes] == [creation["id"]] * 2
    assert [(one["made"]["seed"], one["made"]["batch"]) for one in takes] == [
        (4, [4, 5]),
        (5, [4, 5]),
    ]
    second = takes[1]
    for record in list(store.records("generate")):
        if record.key == second["piece"]:
            sound = record.digest("audio.wav")
            shutil.rmtree(store.directory(record.request))
    location = client.post(f"/creations/{second['id']}/variants", json={}).headers["Location"]
    again = client.get(ended(location)["location"]).json()
    assert again["piece"] == second["piece"]
    assert again["request"] == second["request"]
    assert store.get(again["piece"]).digest("audio.wav") == sound

    more = ended(client.post(place, json={"takes": 1}).headers["Location"])
    assert client.get(more["location"]).json()["made"]["seed"] == 6
    assert client.get("/creations").json()["total"] == 5


def test_a_change_of_one_take_leaves_its_batch(client, ended, creation):
    place = f"/creations/{creation['id']}/variants"
    job = ended(client.post(place, json={"takes": 2}).headers["Location"])
    place = f"/creations/{job['creations'][1]}/variants"
    changed = ended(client.post(place, json={"prompt": "loud piano"}).headers["Location"])
    found = client.get(changed["location"]).json()
    assert (found["made"]["seed"], found["made"]["batch"]) == (5, [5])
    assert found["title"] == "loud piano"


def test_takes_can_be_cancelled_and_counted_only_so_far(client, ended, creation):
    place = f"/creations/{creation['id']}/variants"
    location = client.post(place, json={"takes": 3, "duration_s": 60}).headers["Location"]
    client.delete(location)
    assert (ended(location)["state"], ended(location)["creations"]) == ("cancelled", [])
    assert client.get("/creations").json()["total"] == 1
    for wrong in ({"takes": 0}, {"takes": 9}, {"takes": None}):
        assert client.post(place, json=wrong).status_code == 422, wrong
    lone = client.post("/generations", json={**ASKED, "takes": 2, "take": 2})
    assert "there is no take 2 of 2" in lone.json()["detail"]


def test_a_piece_goes_on_from_where_it_ended(client, ended, creation):
    client.patch(f"/creations/{creation['id']}", json={"title": "Evening"})
    place = f"/creations/{creation['id']}/variants"
    change = {"continues": creation["piece"], "duration_s": 1}
    job = ended(client.post(place, json=change).headers["Location"])
    longer = client.get(job["location"]).json()
    assert longer["made"]["duration_s"] == pytest.approx(1.5, abs=0.02)
    assert (longer["title"], job["progress"]) == ("Evening", 1.0)
    before, after = (
        client.get(f"/creations/{one}/audio").content for one in (creation["id"], longer["id"])
    )
    opening = [np.frombuffer(sound[44:], "<i2")[:12000] for sound in (before, after)]
    assert np.corrcoef(opening)[0, 1] > 0.99
    beyond = client.post(place, json={**change, "duration_s": 119.9})
    assert "120.4 s are more than 120" in beyond.json()["detail"]
    gone = client.post(place, json={"continues": "0" * 64})
    assert gone.status_code == 404


def test_more_takes_that_are_asked_for_twice_are_made_once(client, ended, creation):
    place, key = f"/creations/{creation['id']}/variants", {"Idempotency-Key": "more"}
    first = client.post(place, json={"takes": 2}, headers=key)
    ended(first.headers["Location"])
    again = client.post(place, json={"takes": 2}, headers=key)
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    other = client.post(place, json={"takes": 3}, headers=key)
    assert other.status_code == 422
