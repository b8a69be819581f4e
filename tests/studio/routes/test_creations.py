import io

import av
import pytest
import soundfile


@pytest.fixture
def creation(client) -> str:
    """The address of a creation."""
    asked = {"prompt": "Calm piano, très doux", "duration_s": 0.5, "seed": 3}
    client.post("/generations?wait=true", json=asked)
    [found] = client.get("/creations").json()["creations"]
    return f"/creations/{found['id']}"


def test_sound_has_a_name_a_tag_and_ranges(client, creation):
    whole = client.get(f"{creation}/audio")
    assert 'filename="calm-piano-tres-doux.wav"' in whole.headers["Content-Disposition"]
    part = client.get(f"{creation}/audio", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole.content)}"
    tag = {"If-None-Match": whole.headers["ETag"]}
    assert client.get(f"{creation}/audio", headers=tag).status_code == 304
    beyond = client.get(f"{creation}/audio", headers={"Range": "bytes=9999999-"})
    assert beyond.status_code == 416


@pytest.mark.parametrize(
    ("form", "kind", "codec"),
    [("flac", "audio/flac", "flac"), ("mp3", "audio/mpeg", "mp3"), ("opus", "audio/ogg", "opus")],
)
def test_sound_comes_in_the_format_that_is_asked_for(client, creation, form, kind, codec):
    asked = client.get(f"{creation}/audio?format={form}")
    accepted = client.get(f"{creation}/audio", headers={"Accept": kind})
    assert asked.content == accepted.content
    assert asked.headers["Content-Type"] == kind
    with av.open(io.BytesIO(asked.content)) as audio:
        assert audio.streams.audio[0].codec_context.name.startswith(codec)
        seconds = sum(frame.samples / frame.sample_rate for frame in audio.decode(audio=0))
    assert seconds == pytest.approx(0.5, abs=0.08)
    if form == "flac":
        wav, _ = soundfile.read(io.BytesIO(client.get(f"{creation}/audio").content), dtype="int16")
        flac, _ = soundfile.read(io.BytesIO(asked.content), dtype="int16")
        assert (wav == flac).all()


def test_peaks_are_those_of_the_samples(client, creation):
    audio, _ = soundfile.read(io.BytesIO(client.get(f"{creation}/audio").content), dtype="float32")
    peaks = client.get(f"{creation}/peaks?buckets=10").json()
    assert peaks["seconds"] == 0.5
    assert len(peaks["low"]) == len(peaks["high"]) == len(peaks["rms"]) == 10
    assert peaks["low"][0] == pytest.approx(audio[:1600].min(), abs=1e-4)
    assert max(peaks["high"]) == pytest.approx(audio.max(), abs=1e-4)
    assert peaks["rms"][9] == pytest.approx((audio[-1600:] ** 2).mean() ** 0.5, abs=1e-4)


def test_the_library_is_searched_renamed_and_thinned_out(client, creation):
    client.post("/generations?wait=true", json={"prompt": "rock", "duration_s": 0.5, "seed": 4})
    assert [one["title"] for one in client.get("/creations").json()["creations"]] == [
        "rock",
        "Calm piano, très doux",
    ]
    page = client.get("/creations?limit=1&offset=1").json()
    assert (page["total"], page["creations"][0]["title"]) == (2, "Calm piano, très doux")
    client.patch(creation, json={"title": "Évening", "favourite": True})
    assert client.get("/creations?favourites=true").json()["total"] == 1
    assert client.get("/creations?search=évening").json()["total"] == 1
    assert client.get("/creations?search=piano").json()["total"] == 0
    assert client.delete(creation).status_code == 204
    assert client.get(creation).status_code == 404
    assert client.get("/creations").json()["total"] == 1


def test_no_path_reaches_the_file_system(client):
    for name in ("..%2f..%2fetc%2fpasswd", "%2e%2e", "passwd", "0" * 64):
        answer = client.get(f"/creations/{name}/audio")
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_family_is_all_that_came_from_one_piece_also_when_it_is_gone(client, creation, ended):
    def vary(place: str, seed: int) -> str:
        job = ended(client.post(f"{place}/variants", json={"seed": seed}).headers["Location"])
        return job["location"]

    child, other = vary(creation, 4), vary(creation, 5)
    grandchild = vary(child, 6)
    client.post("/generations?wait=true", json={"prompt": "rock", "duration_s": 0.5, "seed": 4})

    def family(place: str) -> list[str]:
        return [f"/creations/{one['id']}" for one in client.get(f"{place}/family").json()]

    assert family(other) == family(creation) == [grandchild, other, child, creation]
    page = client.get("/creations?families=true&limit=1&offset=1").json()
    found = [f"/creations/{one['id']}" for one in page["creations"]]
    assert (page["total"], found) == (2, [grandchild, other, child, creation])
    client.delete(creation)
    client.delete(child)
    assert family(other) == family(grandchild) == [grandchild, other]


def test_jobs_are_found_by_what_they_make_variants_of(client, creation, ended):
    long = {"duration_s": 60}
    location = client.post(f"{creation}/variants", json=long).headers["Location"]
    parent = creation.rsplit("/", 1)[-1]
    [found] = client.get(f"/jobs?parent={parent}&active=true").json()
    assert f"/jobs/{found['id']}" == location
    assert client.get("/jobs?parent=other").json() == []
    client.delete(location)
    ended(location)
    assert client.get(f"/jobs?parent={parent}&active=true").json() == []
    assert len(client.get(f"/jobs?parent={parent}").json()) == 1
