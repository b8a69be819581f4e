from uuid import uuid4

from studio.errors import UnusableError
from studio.sources import EXAMPLES
from studio.uploads import drop_upload, given_names, upload_folder


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


def test_a_file_that_breaks_off_does_no_harm_to_one_that_is_sent_again(client, monkeypatch):
    upload = client.post("/uploads").json()["id"]
    sends = iter([b"old", b"new song"])

    def check(part, name, _longest):
        assert part.read_bytes() == next(sends)
        if part.read_bytes() == b"old":  # while it is looked into, the same comes again
            again = client.put(f"/uploads/{upload}/a.mp3", content=b"new song")
            assert again.status_code == 200
            raise UnusableError("it broke off", "Send it again")

    monkeypatch.setattr("studio.routes.uploads.check_file", check)
    assert client.put(f"/uploads/{upload}/a.mp3", content=b"old").status_code == 422
    folder = upload_folder(client.app.state.service.store, upload)
    assert given_names(folder) == {"a.mp3": folder / "a.mp3"}
    assert (folder / "a.mp3").read_bytes() == b"new song"


def test_a_file_that_comes_to_an_upload_that_was_dropped_is_told_so(client, monkeypatch):
    upload = client.post("/uploads").json()["id"]
    monkeypatch.setattr(
        "studio.routes.uploads.check_file", lambda *_: client.delete(f"/uploads/{upload}")
    )
    assert client.put(f"/uploads/{upload}/a.mp3", content=b"x").status_code == 404


def test_an_upload_that_is_removed_while_a_song_arrives_is_gone(client, store):
    upload = client.post("/uploads").json()["id"]

    def arriving():
        yield b"x" * 1000
        drop_upload(store, upload)
        yield b"x" * 1000

    answer = client.put(f"/uploads/{upload}/song.mp3", content=arriving())
    assert answer.status_code == 404
    assert answer.json()["detail"] == f"there is no upload '{upload}'"
    assert not (store.root / "uploads" / upload).exists()
