from resonance_core.store.directions import DIRECTION

PAIRS = {"name": "grit", "pairs": [["clean guitar", "gritty guitar"], ["clean bass", "dirty bass"]]}


def test_pairs_of_prompts_become_a_direction_with_its_range(client, ended, store):
    answer = client.post("/concepts", json=PAIRS)
    assert answer.status_code == 202
    joined = client.post("/concepts", json=PAIRS)
    assert joined.json()["id"] == answer.json()["id"]
    job = ended(answer.headers["Location"])
    assert (job["kind"], job["state"], job["reason"]) == ("concept", "completed", None)
    record = store.get(job["result"])
    assert record.request.config["pairs"] == PAIRS["pairs"]
    assert store.path(record, DIRECTION).is_file()
    found = client.get(job["location"]).json()
    assert (found["name"], found["key"]) == ("grit", record.key)
    assert found["split_half"] == record.info["split_half"]
    assert found["high"] == measured(store, record.key, 1)
    assert found["low"] == measured(store, record.key, -1)
    assert client.get("/concepts").json()[-1] == found


def test_a_concept_of_ones_own_is_a_slider(client, ended, store):
    key = {"Idempotency-Key": "mine"}
    asked = {**PAIRS, "label": "Grit and dirt"}
    first = client.post("/concepts", json=asked, headers=key)
    ended(first.headers["Location"])
    again = client.post("/concepts", json=asked, headers=key)
    assert again.json()["id"] == first.json()["id"]
    other = client.post("/concepts", json={**asked, "name": "dirt"}, headers=key)
    assert (other.status_code, "another request" in other.json()["detail"]) == (422, True)

    slider = client.get("/concepts").json()[7]
    assert (slider["name"], slider["label"], slider["slider"]) == ("grit", "Grit and dirt", True)
    assert [one["own"] for one in client.get("/concepts").json()] == [False] * 7 + [True]
    assert client.get("/concepts/grit").json() == slider
    side = -0.5 if slider["high"] is None else 0.5
    piece = {"prompt": "guitar", "duration_s": 0.5, "seed": 3, "sliders": {"grit": side}}
    made = client.post("/generations?wait=true", json=piece)
    assert made.headers["X-Steering"].startswith(slider["key"][:12])

    [creation] = client.get("/creations").json()["creations"]
    said = {"text": "more bass", "sliders": {"grit": side}}
    place = f"/creations/{creation['id']}/refine"
    moved = client.post(place, json=said).json()["positions"]
    assert (moved["grit"], moved["bass"] > 0) == (side, True)
    unknown = client.post(place, json={**said, "sliders": {"sweetness": 0.1}})
    assert (unknown.status_code, "no concept" in unknown.json()["detail"]) == (422, True)
    reset = client.post(place, json={"text": "reset", "sliders": {"grit": side}}).json()
    assert reset["positions"].get("grit", 0) == 0


def test_the_name_of_a_concept_means_one_thing(client, ended):
    differs = {**PAIRS, "pairs": [["soft drums", "hard drums"], ["soft voice", "rough voice"]]}
    location = client.post("/concepts", json=PAIRS).headers["Location"]
    assert client.post("/concepts", json=differs).status_code == 409  # while it is made
    ended(location)
    for taken in (differs, {**differs, "name": "bass"}):
        assert client.post("/concepts", json=taken).status_code == 409
    assert client.delete("/concepts/bass").status_code == 404
    assert client.delete("/concepts/grit").status_code == 204
    assert client.delete("/concepts/grit").status_code == 404
    listed = client.get("/concepts").json()
    assert [(one["name"], one["slider"]) for one in listed[7:]] == [("grit", False)]
    asked = {"prompt": "guitar", "sliders": {"grit": 1}}
    assert client.post("/generations", json=asked).status_code == 422
    assert client.post("/concepts", json=differs).status_code == 202


def measured(store, key: str, sign: int) -> dict | None:
    """The range that the store's calibration of a concept towards a side holds."""
    [found] = [one for one in store.records("calibrate") if one.request.config["sign"] == sign]
    return found.info["range"]


def test_sliders_are_listed_and_calibrated(client, ended):
    sliders = {one["name"]: one["key"] for one in client.get("/concepts").json()}
    assert len(sliders) == 7
    assert set(sliders.values()) == {None}
    answer = client.post("/concepts/bass/calibration")
    job = ended(answer.headers["Location"])
    assert (job["kind"], job["state"], job["reason"]) == ("calibration", "completed", None)
    assert client.get("/concepts/bass").json()["key"] == job["result"]


def test_concepts_that_cannot_be_made_are_refused(client):
    assert client.post("/concepts/sweetness/calibration").status_code == 404
    one = {"name": "grit", "pairs": PAIRS["pairs"][:1]}
    assert client.post("/concepts", json=one).status_code == 422
    assert client.post("/concepts", json={**PAIRS, "name": "../x"}).status_code == 422
    assert client.get("/concepts/" + "0" * 64).status_code == 404
    assert client.get("/jobs").json() == []
