import pandas as pd
import pytest

from resonance_core.analysis.labels import playlist_labels, read_labels
from resonance_core.analysis.tracks import KnownTrack
from resonance_core.errors import ConfigError, SourceError

A, B, C = "aa" * 32, "bb" * 32, "cc" * 32


@pytest.fixture
def tracks(tmp_path):
    music = tmp_path / "music"
    return {
        A: KnownTrack(A, "01", frozenset({(music / "01.mp3").as_uri()}), ("rock", "all")),
        B: KnownTrack(B, "Waves", frozenset({"https://example.org/b"}), ("rock",)),
        C: KnownTrack(C, "same", playlists=("jazz", "all")),
        "dd" * 32: KnownTrack("dd" * 32, "same"),
    }


def test_a_playlist_labels_the_tracks_that_are_in_no_other(tracks):
    assert playlist_labels(tracks) == {B: "rock"}
    assert playlist_labels(tracks, ["rock", "jazz"]) == {A: "rock", B: "rock", C: "jazz"}
    with pytest.raises(ConfigError, match=r"no playlist 'pop'.*all, jazz, rock"):
        playlist_labels(tracks, ["pop"])


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("SHA256", [A, B]),
        ("path", ["music/01.mp3", "https://example.org/b"]),
        ("Title", ["01", "Waves"]),
    ],
)
@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet"])
def test_a_table_names_tracks_in_many_ways(tracks, tmp_path, column, names, suffix):
    table = pd.DataFrame({column: [*names, "unknown", names[0]], "mood": ["1", "2", "3", "1"]})
    path = tmp_path / f"labels.{suffix}"
    match suffix:
        case "parquet":
            table.to_parquet(path)
        case "csv":
            table.to_csv(path, index=False)
        case "tsv":
            table.to_csv(path, index=False, sep="\t")
    assert read_labels(path, "mood", tracks) == {A: "1", B: "2"}


def test_rows_without_a_label_and_titles_of_several_tracks_count_for_nothing(tracks, tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("title,mood\n01,calm\nWaves,\nsame,wild\n")
    assert read_labels(path, "mood", tracks) == {A: "calm"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("title,mood\n01,calm\n01,wild\n", "gives '01' two labels, 'calm' and 'wild'"),
        ("title,label\n01,calm\n", r"has no column 'mood'.*It has: title, label"),
        ("artist,mood\n01,calm\n", r"has no column for tracks \(sha256, track, path"),
        ("title,mood\nRain,calm\n", "no track that .* names has activations"),
    ],
)
def test_a_table_that_labels_nothing_is_refused(tracks, tmp_path, text, problem):
    path = tmp_path / "labels.csv"
    path.write_text(text)
    with pytest.raises(ConfigError, match=problem):
        read_labels(path, "mood", tracks)


def test_what_is_no_table_is_refused(tracks, tmp_path):
    for name, data in {"a.parquet": b"x", "b.csv": b"", "c.csv": b'a,b\n"', "d.txt": b"x"}.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(SourceError, match=name):
            read_labels(tmp_path / name, "b", tracks)
    with pytest.raises(SourceError, match="No such file"):
        read_labels(tmp_path / "missing.csv", "b", tracks)
