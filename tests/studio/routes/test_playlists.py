import re

from resonance_core.store.playlists import load_entry, save_entry


def test_a_playlist_has_the_colour_of_its_direction(client, example_store):
    accent = client.get("/playlists/example").json()["accent"]
    assert 0 <= accent["hue"] < 360
    for theme in ("light", "dark"):
        assert re.fullmatch("#[0-9a-f]{6}", accent[theme])
    assert client.get("/playlists/example").json()["accent"] == accent


def test_while_the_words_are_not_known_it_has_none(client, example_store):
    [words] = example_store.records("vocabulary")
    (example_store.directory(words.request) / "record.json").unlink()
    before = len(list(example_store.records()))
    found = client.get("/playlists/example").json()
    assert (found["name"], found["accent"]) == ("example", None)
    assert len(list(example_store.records())) == before


def test_a_playlist_whose_direction_is_gone_is_still_told(client, example_store):
    entry = load_entry(example_store, "example")
    lost = entry.direction.model_copy(update={"key": "0" * 64})
    save_entry(example_store, entry.model_copy(update={"direction": lost}))
    assert client.get("/playlists/example").json()["accent"] is None
    assert client.get("/playlists/other").status_code == 404


def test_an_idempotency_key_makes_one_job_of_two_requests(client, monkeypatch):
    monkeypatch.setattr("studio.ingests.COMMAND", ("true",))
    key = {"Idempotency-Key": "mine"}
    first, second = (
        client.post("/playlists", json={"source": "example"}, headers=key) for _ in range(2)
    )
    assert first.json()["id"] == second.json()["id"]
    while client.get(first.headers["Location"]).json()["state"] != "failed":
        pass
    third = client.post("/playlists", json={"source": "example"}, headers=key)
    assert (third.json()["id"], third.json()["state"]) == (first.json()["id"], "failed")
    other = client.post("/playlists", json={"source": "example", "name": "x"}, headers=key)
    assert (other.status_code, "another request" in other.json()["detail"]) == (422, True)
    fresh = client.post("/playlists", json={"source": "example"})
    assert fresh.json()["id"] != first.json()["id"]
