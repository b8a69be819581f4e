import numpy as np
import pytest

from resonance_core.analysis.tracks import (
    KnownTrack,
    TrackMeans,
    find_track,
    group_means,
    known_tracks,
    track_means,
)
from resonance_core.errors import NotInStoreError
from resonance_core.keys import Stage
from resonance_core.store.playlists import DirectionRef, PlaylistEntry, TrackReport, save_entry
from tests.planted import TRACKS

A, B = "aa" * 32, "ab" * 32


def test_what_a_store_knows_of_tracks_with_activations(plant, store):
    opened = plant(np.zeros((24, 8)))
    sha256, other = list(TRACKS)[:2]
    download = Stage(name="download", version=1)
    for digest in (sha256, A):
        url = f"file:///music/{digest[-1]}.mp3"
        store.build(
            download.request({}, {"url": url}),
            lambda _, digest=digest: {"sha256": digest, "title": "from its file"},
        )
    for name in ("evening", "morning"):
        entry = PlaylistEntry(
            name=name,
            source="x",
            direction=DirectionRef(key="0" * 64, path="x"),
            calibration="0" * 64,
            range=None,
            tracks=[
                TrackReport(title="by its list", status="completed", sha256=other),
                TrackReport(title="by its list", status="duplicate", sha256=other),
                TrackReport(title="lost", status="failed"),
            ],
        )
        save_entry(store, entry)
    known = known_tracks(opened, store)
    assert list(known) == sorted(TRACKS)  # one that was never heard is left out
    assert known[sha256] == KnownTrack(
        sha256, "from its file", frozenset({f"file:///music/{sha256[-1]}.mp3"})
    )
    assert known[other] == KnownTrack(other, "by its list", playlists=("evening", "morning"))
    assert known[list(TRACKS)[2]].name == "0" * 12


def test_a_track_is_found_by_what_people_know_of_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one = KnownTrack(A, "Deep Sea", frozenset({(tmp_path / "a.mp3").as_uri()}), ("evening",))
    two = KnownTrack(B, "Waves", frozenset({"https://example.org/b"}))
    for name in ("deep sea", A, A[:6], "a.mp3", str(tmp_path / "a.mp3"), one.title):
        assert find_track(name, [one, two]) is one
    assert find_track("https://example.org/b", [one, two]) is two
    with pytest.raises(NotInStoreError, match="no tracks with activations are called 'Rain'"):
        find_track("Rain", [one, two])
    twin = KnownTrack(B, "deep sea")
    with pytest.raises(
        NotInStoreError, match=rf"2 tracks .*{A[:12]} \(evening\), {B[:12]} \(in no"
    ):
        find_track("Deep Sea", [one, twin])


def test_means_are_of_each_tracks_chunks_and_centred(plant):
    opened = plant(np.eye(24, 8) * 3)
    means = track_means(opened, 5, TRACKS)
    assert [track.title for track in means.tracks] == [f"track {i}" for i in range(24)]
    vectors, rows = opened.vectors(5)
    third = vectors[(rows["track"] == list(TRACKS)[3]).to_numpy()]
    assert len(third) == 3
    np.testing.assert_allclose(means.vectors[3], third.mean(0) - vectors.mean(0), atol=1e-6)
    np.testing.assert_allclose(means.vectors.mean(0), 0, atol=1e-9)


def test_groups_have_the_means_of_their_tracks():
    tracks = tuple(list(TRACKS.values())[:4])
    means = TrackMeans(tracks, np.array([[1.0, 0], [3, 0], [0, 5], [9, 9]]))
    labels = {track.sha256: "ba"[place // 2] for place, track in enumerate(tracks[:3])}
    vectors, names = group_means(means, labels)
    assert names == ["a", "b"]
    np.testing.assert_array_equal(vectors, [[0, 5], [2, 0]])
    assert group_means(means, {})[0].shape == (0, 2)
