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
