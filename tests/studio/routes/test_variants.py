import io
import json
import zipfile

import pytest

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
