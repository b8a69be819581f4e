import pytest
from fastapi.testclient import TestClient

from studio.app import create_app
from studio.problems import MEDIA_TYPE


def test_a_page_of_another_site_changes_nothing(client):
    for origin in ("https://example.org", "null", "http://127.0.0.1:9999"):
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
def locked(store, little) -> TestClient:
    """A client of a service that wants a key."""
    settings = little.model_copy(update={"api_key": type(little)(api_key="s3cret").api_key})
    return TestClient(create_app(settings), base_url="http://127.0.0.1")


def test_without_the_key_only_health_is_answered(locked, caplog):
    with locked:
        assert locked.get("/health").status_code == 200
        for key in ("", "Bearer wrong", "Basic s3cret", "Bearer s3cretx"):
            answer = locked.get("/creations", headers={"Authorization": key})
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"] == "Bearer"
        right = {"Authorization": "Bearer s3cret"}
        assert locked.get("/creations", headers=right).status_code == 200
    assert "s3cret" not in caplog.text
