import base64
import re
import stat
from datetime import timedelta
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from itsdangerous import URLSafeSerializer

from studio import shares
from studio.app import create_app

TITLE = "calm <b>piano</b>"


@pytest.fixture
def place(client) -> str:
    """The address of a creation."""
    asked = {"prompt": TITLE, "duration_s": 0.5, "seed": 3}
    client.post("/generations?wait=true", json=asked)
    [found] = client.get("/creations").json()["creations"]
    return f"/creations/{found['id']}"


def test_a_link_leads_to_a_page_with_the_piece_inside(client, place):
    made = client.post(f"{place}/shares", json={}).json()
    answer = client.get(made["path"])
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "calm &lt;b&gt;piano&lt;/b&gt;" in answer.text
    assert TITLE not in answer.text
    [sound] = re.findall('base64,([^"]+)"', answer.text)
    assert base64.b64decode(sound) == client.get(f"{place}/audio?format=mp3").content
    assert not re.findall("https?://", answer.text)
    own = client.get(f"{place}/page")
    assert own.text == answer.text
    assert own.headers["Content-Disposition"] == 'attachment; filename="calm-b-piano-b.html"'


def test_a_link_that_is_forged_expired_or_taken_back_leads_nowhere(client, place, monkeypatch):
    made = client.post(f"{place}/shares", json={"hours": 1}).json()
    path = made["path"]
    forged = URLSafeSerializer("guessed", salt="share").dumps(made["id"])
    for token in (forged, made["id"], path[8:-1] + "!", "..%2f..%2fcreations"):
        assert client.get(f"/shared/{token}").status_code == 404, token
    assert client.get(path).status_code == 200
    other = client.post(f"{place}/shares", json={"hours": 3}).json()
    real = shares.datetime
    later = type("Later", (), {"now": lambda zone: real.now(zone) + timedelta(hours=2)})
    with monkeypatch.context() as patch:
        patch.setattr(shares, "datetime", later)
        assert client.get(path).status_code == 410
        assert client.get(other["path"]).status_code == 200
        assert [one["id"] for one in client.get(f"{place}/shares").json()] == [other["id"]]
    assert client.delete(f"{place}/shares/{made['id']}").status_code == 204
    assert client.get(path).status_code == 410
    assert client.delete(f"{place}/shares/{uuid4()}").status_code == 404
    client.delete(place)
    assert client.get(other["path"]).status_code == 404


def test_who_has_a_link_needs_no_key_and_gets_nothing_else(client, place, little, tmp_path):
    path = client.post(f"{place}/shares", json={}).json()["path"]
    key = type(little)(api_key="s3cret").api_key
    locked = create_app(little.model_copy(update={"api_key": key}))
    with TestClient(locked, base_url="http://127.0.0.1") as guest:  # started again, the same secret
        assert guest.get(path).status_code == 200
        for closed in (f"{place}/audio", place, "/creations", f"{place}/page", f"{place}/shares"):
            assert guest.get(closed).status_code == 401, closed
    [secret] = (tmp_path / "data").rglob("studio-secret")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
