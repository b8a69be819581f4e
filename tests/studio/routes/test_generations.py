import io

import soundfile

ASKED = {"prompt": "calm piano", "duration_s": 0.5, "seed": 3}


def test_a_generation_is_a_job_that_leads_to_a_creation(client, ended, store):
    answer = client.post("/generations", json=ASKED)
    assert answer.status_code == 202
    assert answer.headers["Retry-After"] == "1"
    assert answer.json()["position"] == 0
    job = ended(answer.headers["Location"])
    assert (job["state"], job["progress"], job["kind"]) == ("completed", 1.0, "generation")
    assert job["created_at"] <= job["started_at"] <= job["ended_at"]
    creation = client.get(job["location"]).json()
    assert creation["title"] == "calm piano"
    assert creation["request"]["seed"] == 3
    assert store.get(creation["piece"]).info["seed"] == 3


def test_who_waits_gets_the_piece_and_what_is_known_of_it(client):
    answer = client.post("/generations?wait=true", json=ASKED)
    assert answer.status_code == 200
    audio, rate = soundfile.read(io.BytesIO(answer.content))
    assert (len(audio) / rate, rate) == (0.5, 32000)
    told = {name: value for name, value in answer.headers.items() if name.startswith("x-")}
    assert len(told.pop("x-request-id")) == 64
    assert told == {
        "x-sample-rate": "32000",
        "x-duration-s": "0.500",
        "x-backend": "transformers",
        "x-model": "nano",
        "x-steering": "none",
        "x-bpm": "unknown",
        "x-quality-tier": "sketch",
        "x-content-type-options": "nosniff",
    }
    again = client.post("/generations", json=ASKED, headers={"Prefer": "wait"})
    assert again.content == answer.content


def test_steering_is_named_in_the_headers(client, example_store):
    asked = {**ASKED, "playlist": "example", "strength": 1.5}
    answer = client.post("/generations?wait=true", json=asked)
    key, strength = answer.headers["X-Steering"].split("=")
    assert example_store.get(key).stage == "aggregate"
    assert strength == "1.5"


def test_an_idempotency_key_makes_one_job_of_two_requests(client, ended):
    key = {"Idempotency-Key": "mine"}
    first = client.post("/generations", json=ASKED, headers=key)
    second = client.post("/generations", json=ASKED, headers=key)
    assert first.json()["id"] == second.json()["id"]
    ended(first.headers["Location"])
    third = client.post("/generations", json=ASKED, headers=key)
    assert third.json()["id"] == first.json()["id"]
    assert len(client.get("/jobs").json()) == 1
    other = client.post("/generations", json={**ASKED, "prompt": "rock"}, headers=key)
    assert other.status_code == 422
    assert "another request" in other.json()["detail"]


def test_what_cannot_be_played_is_refused_before_it_becomes_a_job(client):
    for wrong, status, words in (
        ({"duration_s": 500}, 422, "500.0 s are more than 120"),
        ({"sliders": {"sweetness": 1}}, 422, "no concept 'sweetness'"),
        ({"playlist": "../../etc/passwd"}, 404, "no playlist '../../etc/passwd'"),
        ({"prompt": ""}, 422, "prompt: "),
        ({"seed": -1}, 422, "seed: "),
    ):
        answer = client.post("/generations", json={**ASKED, **wrong})
        assert (answer.status_code, words in answer.json()["detail"]) == (status, True), wrong
    assert client.get("/jobs").json() == []
