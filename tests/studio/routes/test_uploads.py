from uuid import uuid4

from studio.sources import EXAMPLES


def test_songs_that_were_sent_are_ingested(client, clips, monkeypatch):
    begun = client.post("/uploads").json()
    assert begun["songs"] == []
    for clip in clips[:2]:
        sent = client.put(f"/uploads/{begun['id']}/{clip.name}", content=clip.read_bytes()[:40_000])
        assert sent.status_code == 200
    assert sent.json()["songs"] == sorted(clip.name for clip in clips[:2])

    started = []
    service = client.app.state.service
    submit = service.ingests.submit
    monkeypatch.setattr(
        service.ingests,
        "submit",
        lambda source, name, _key: started.append(source) or submit("x", name),
    )
    answer = client.post("/playlists", json={"source": f"upload:{begun['id']}", "name": "mine"})
    assert answer.status_code == 202
    (folder,) = started
    held = {
        path.name: path.read_bytes() for path in (service.store.root / "uploads").rglob("[!.]*.*")
    }
    assert folder == str(service.store.root / "uploads" / begun["id"])
    assert held == {clip.name: clip.read_bytes()[:40_000] for clip in clips[:2]}
    assert client.delete(f"/uploads/{begun['id']}").status_code == 204
    gone = client.post("/playlists", json={"source": f"upload:{begun['id']}"})
    assert gone.status_code == 404


def test_only_songs_and_lists_are_taken_and_only_into_uploads(client):
    upload = client.post("/uploads").json()["id"]
    assert client.put(f"/uploads/{upload}/run.sh", content=b"/etc/passwd").status_code == 422
    assert client.put(f"/uploads/{uuid4()}/one.mp3", content=b"x").status_code == 404
    assert client.put(f"/uploads/{upload}/..%2f..%2fone.mp3", content=b"x").status_code in (
        404,
        422,
    )


def test_the_example_has_a_name_of_its_own(client, monkeypatch):
    started = []
    service = client.app.state.service
    submit = service.ingests.submit
    monkeypatch.setattr(
        service.ingests,
        "submit",
        lambda source, name, _key: started.append((source, name)) or submit("x", name),
    )
    assert client.post("/playlists", json={"source": "example"}).status_code == 202
    assert started == [(str(EXAMPLES), "example")]
    assert len(list(EXAMPLES.glob("*.opus"))) == 6
