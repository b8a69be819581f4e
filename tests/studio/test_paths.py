import re
import shutil
from pathlib import Path

import pytest

from resonance_core.store.jobs import Job, JobTrack, save_job
from resonance_core.store.playlists import load_entry, save_entry
from studio.lists import list_upload
from studio.paths import model_in_words, source_in_words, without_folders
from studio.sources import EXAMPLES
from studio.uploads import new_upload, place_of, upload_folder


def test_a_source_is_said_without_a_path(store):
    folder = upload_folder(store, new_upload(store))
    for source, tracks, words in (
        ("https://music.example/list/a", 3, "https://music.example/list/a"),
        ("youtube.com/playlist?list=PL0123456789", 3, "youtube.com/playlist?list=PL0123456789"),
        (str(EXAMPLES), 6, "example"),
        ("/home/me/Music/evening", 6, "evening"),
        ("file:///home/me/Music/evening.m3u", 6, "evening.m3u"),
        (str(folder), 0, "songs from this machine"),
        (str(folder), 1, "1 song from this machine"),
        (str(folder), 12, "12 songs from this machine"),
        ("/gone/uploads/7c1e/.playlist.tracks", 2, "2 songs from this machine"),
    ):
        assert source_in_words(source, tracks) == words
    (folder / "mine.m3u").write_text("#PLAYLIST:Evenings\nhttps://8.8.8.8/a.mp3\n")
    listed = list_upload(folder, 20)
    assert source_in_words(str(listed), 1) == source_in_words(str(folder), 1) == "Evenings"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("'/home/me/a b/one.mp3' cannot be read", "'one.mp3' cannot be read"),
        ("there is no folder '/srv/store/uploads/7c1e'", "there is no folder '7c1e'"),
        ("see /tmp/x/log.txt, and /srv/y/z", "see log.txt, and z"),
        ("https://music.example/a/b.mp3 is gone", "https://music.example/a/b.mp3 is gone"),
        ("4/4 and 3/4 are no paths", "4/4 and 3/4 are no paths"),
    ],
)
def test_reasons_are_said_without_folders(text, shown):
    assert without_folders(text) == shown


def test_no_answer_shows_a_path_of_this_machine(client, example_store, clips):
    """Walk every address that can be read, with all that the service can hold."""
    upload = new_upload(example_store)
    folder = upload_folder(example_store, upload)
    shutil.copyfile(clips[0], place_of(folder, "one.opus"))
    reason = f"{folder / 'one.opus'} cannot be decoded"
    failed = [JobTrack(title="one", state="failed", reason=reason)]
    for kind in ("ingest", "impression"):
        job = Job(
            id=upload, kind=kind, source=str(folder), state="failed", reason=reason, tracks=failed
        )
        save_job(example_store, job)
        assert client.get(f"/jobs/{upload}").json()["source"] == "1 song from this machine"
    entry = load_entry(example_store, "example")
    broken = entry.tracks[0].model_copy(update={"status": "failed", "reason": reason})
    save_entry(example_store, entry.model_copy(update={"tracks": [*entry.tracks, broken]}))
    asked = {"prompt": "x", "duration_s": 0.5, "playlist": "example", "strength": 1}
    assert client.post("/generations?wait=true", json=asked).status_code == 200
    (creation,) = client.get("/creations").json()["creations"]
    client.post(f"/creations/{creation['id']}/shares", json={})
    impression = client.post("/impressions", json={"source": "example"}).json()["id"]
    client.get(f"/jobs/{impression}/events")
    known = {
        "job_id": [job["id"] for job in client.get("/jobs").json()],
        "creation_id": [creation["id"], "none"],
        "name": ["example", "nobody"],
        "key": ["energy", client.get(f"/jobs/{impression}").json()["result"], "0" * 64],
        "token": ["none"],
    }
    paths = client.get("/openapi.json").json()["paths"]
    for path in [path for path, methods in paths.items() if "get" in methods]:
        (name,) = re.findall(r"{(\w+)}", path) or [""]
        for value in known.get(name, [""]):
            address = path.replace(f"{{{name}}}", value)
            answer = client.get(address)
            for secret in (example_store.root, EXAMPLES.parents[1], Path.home()):
                assert str(secret) not in answer.text, address


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("nano", "nano"),
        ("facebook/musicgen-melody", "facebook/musicgen-melody"),
        ("/srv/models/own.v2", "own.v2"),
        ("~/own", "own"),
        ("../own", "own"),
        ("/srv/音楽", "Yin-Le"),
        ("/", "a folder"),
    ],
)
def test_of_a_models_folder_only_the_name_is_told(model, words):
    assert model_in_words(model) == words
