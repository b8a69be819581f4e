import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from itsdangerous import TimestampSigner
from pydantic import SecretStr

from studio.app import create_app
from studio.door import COOKIE, Door
from studio.guard import READ_WHOLE
from studio.problems import MEDIA_TYPE
from studio.sessions import LASTS


def test_a_page_of_another_site_changes_nothing(client):
    for origin in ("https://example.org", "null", "http://127.0.0.1:9999", "http://["):
        answer = client.post("/generations", json={"prompt": "x"}, headers={"Origin": origin})
        assert answer.status_code == 403, origin
        assert answer.json()["type"] == "urn:resonance:problem:origin"
    assert client.get("/jobs").json() == []
    own = {"Origin": "http://127.0.0.1"}
    assert client.post("/generations", json={"prompt": ""}, headers=own).status_code == 422


def test_a_host_name_that_is_not_ours_is_refused(client):
    for host in ("rebound.example", "127.0.0.1.example", "[", "", "127.0.0.1@rebound.example:1"):
        answer = client.get("/health", headers={"Host": host})
        assert answer.status_code == 400, host
        assert answer.headers["Content-Type"] == MEDIA_TYPE
        assert answer.json()["type"] == "urn:resonance:problem:host"
    for host in ("localhost:8420", "LOCALHOST", "[::1]:8420", "127.0.0.1"):
        assert client.get("/health", headers={"Host": host}).status_code == 200, host


def test_too_large_a_request_is_refused_whether_it_says_so_or_not(client):
    large = b'{"prompt": "' + b"x" * 100_001 + b'"}'
    kind = {"Content-Type": "application/json"}
    assert client.post("/generations", content=large, headers=kind).status_code == 413
    pieces = (large[i : i + 1000] for i in range(0, len(large), 1000))  # sent in chunks
    answer = client.post("/generations", content=pieces, headers=kind)
    assert answer.status_code == 413
    assert "more than 100000 bytes" in answer.json()["detail"]


@pytest.fixture
def stranger(store, locked) -> Iterator[TestClient]:
    """A client of a service that wants a key."""
    with TestClient(create_app(locked), base_url="http://127.0.0.1") as client:
        yield client


def test_without_the_key_only_health_is_answered(stranger, caplog):
    assert stranger.get("/health").status_code == 200
    for key in ("", "Bearer wrong", "Bearer", "Basic s3cret", "Bearer s3cretx"):
        answer = stranger.get("/creations", headers={"Authorization": key})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    right = {"Authorization": "Bearer s3cret"}
    assert stranger.get("/creations", headers=right).status_code == 200
    assert "s3cret" not in caplog.text


def test_the_pages_files_need_no_key_and_whatever_holds_data_does(stranger):
    for path in ("/", "/playlist", "/prompt", "/making/x", "/studio/x", "/web/app.js"):
        assert stranger.get(path).status_code == 200, path
    data = [
        *("/playlists", "/playlists/x", "/playlist/x", "/creations", "/creations/x/audio", "/jobs"),
        *("/jobs/x/events", "/openapi.json", "/steering", "/making/x/y", "/making/x%2Fy", "/web"),
        *("/WEB/app.js", "/web%2Fapp.js/../../jobs", "/./jobs"),
    ]
    for path in data:
        assert stranger.get(path, follow_redirects=False).status_code in (401, 404), path
    for path in ("/playlists", "/creations", "/jobs", "/openapi.json", "/steering"):
        assert stranger.get(path).status_code == 401, path


def test_a_key_is_exchanged_for_a_cookie_that_scripts_and_other_sites_do_not_have(stranger):
    assert stranger.get("/session").json() == {"wants_key": True, "open": False}
    wrong = stranger.post("/session", json={"key": "S3cret"})
    assert (wrong.status_code, wrong.cookies) == (401, {})
    assert wrong.json()["detail"] == "this is not the key of this studio"
    given = stranger.post("/session", json={"key": "s3cret"})
    assert given.json() == {"wants_key": True, "open": True}
    cookie = given.headers["Set-Cookie"].lower()
    assert {"httponly", "samesite=strict", "path=/"} <= {*cookie.split("; ")}
    assert "s3cret" not in cookie
    assert stranger.get("/session").json()["open"]
    answer = stranger.get("/creations")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private")
    foreign = {"Origin": "https://example.org"}
    for method, path in (("DELETE", "/session"), ("POST", "/session"), ("POST", "/generations")):
        answer = stranger.request(method, path, json={"key": "s3cret"}, headers=foreign)
        assert answer.status_code == 403, path
    assert stranger.delete("/session").status_code == 204
    assert stranger.get("/creations").status_code == 401


def test_over_https_the_cookie_stays_there(store, locked):
    with TestClient(create_app(locked), base_url="https://127.0.0.1") as client:
        cookie = client.post("/session", json={"key": "s3cret"}).headers["Set-Cookie"]
        assert "secure" in cookie.lower().split("; ")
        assert client.get("/creations").status_code == 200


def test_a_cookie_outlives_the_service_but_neither_its_key_nor_its_days(store, locked, monkeypatch):
    def asked(settings, cookie: str) -> int:
        with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
            return client.get("/jobs", headers={"Cookie": f"{COOKIE}={cookie}"}).status_code

    cookie = Door(locked.api_key, store).begin()
    assert asked(locked, cookie) == 200
    other = locked.model_copy(update={"api_key": SecretStr("another")})
    assert asked(other, cookie) == 401
    forged = [cookie[:-1], f"other{cookie[cookie.index('.') :]}", "studio", "", '"', "s3cret"]
    forged += [TimestampSigner("", salt="session").sign("studio").decode()]
    forged += [TimestampSigner("s3cret", salt="share").sign("studio").decode()]
    assert {asked(locked, one) for one in forged} == {401}
    later = time.time() + LASTS.total_seconds() + 1
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: later)
    assert asked(locked, cookie) == 401


def test_without_a_key_there_is_no_session_to_open(client):
    assert client.get("/session").json() == {"wants_key": False, "open": True}
    answer = client.post("/session", json={"key": "anything"})
    assert (answer.status_code, answer.cookies) == (200, {})
    assert answer.json() == {"wants_key": False, "open": True}


def test_who_logs_out_ends_that_session_also_for_a_copy_and_after_a_restart(store, locked):
    def begun(client: TestClient) -> dict[str, str]:
        given = client.post("/session", json={"key": "s3cret"})
        client.cookies.clear()
        return {"Cookie": f"{COOKIE}={given.cookies[COOKIE]}"}

    with TestClient(create_app(locked), base_url="http://127.0.0.1") as client:
        mine, other = begun(client), begun(client)
        assert client.delete("/session", headers=mine).status_code == 204
        assert client.get("/jobs", headers=mine).status_code == 401
        assert not client.get("/session", headers=mine).json()["open"]
        assert client.get("/jobs", headers=other).status_code == 200
        assert client.delete("/session", headers={"Cookie": f"{COOKIE}=x"}).status_code == 204
    with TestClient(create_app(locked), base_url="http://127.0.0.1") as client:
        assert client.get("/jobs", headers=mine).status_code == 401
        assert client.get("/jobs", headers=other).status_code == 200


def test_a_key_may_have_any_letters(store, locked):
    settings = locked.model_copy(update={"api_key": SecretStr("schlüssel")})
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        key = {"Authorization": "Bearer schlüssel".encode()}
        assert client.get("/jobs", headers=key).status_code == 200


def test_only_files_may_be_large(store, locked):
    settings = locked.model_copy(update={"max_bytes": 10 * READ_WHOLE})
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        large = b'{"key": "' + b"x" * READ_WHOLE + b'"}'
        assert client.post("/session", content=large).status_code == 413
        client.headers["Authorization"] = "Bearer s3cret"
        assert client.post("/generations", content=large).status_code == 413
        assert client.post("/melodies", content=large).status_code == 422
