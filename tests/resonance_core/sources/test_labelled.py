import pytest

from resonance_core.config import ResolveConfig
from resonance_core.errors import SourceError
from resonance_core.sources.labelled import read_labelled, resolve_poles


def write(folder, text: str):
    path = folder / "labels.csv"
    path.write_text(text)
    return path


def test_two_sources_are_labelled_0_and_1(audio_concepts):
    music = audio_concepts.parent / "music"
    found = resolve_poles(str(music / "low"), str(music / "high"), ResolveConfig())
    assert [track.title for track in found.tracks] == ["0", "1", "2", "3"]
    assert found.labels == (0, 0, 1, 1)
    one = resolve_poles(str(music / "low"), str(music / "high"), ResolveConfig(max_tracks=1))
    assert (one.labels, one.left_out) == ((0, 1), 2)


def test_labels_are_numbers_and_paths_start_from_the_file(tmp_path):
    path = write(
        tmp_path,
        " Label ,artist,PATH\n-1.5,A,a.flac\n\n2e1,B,sub/b.flac\n0,C,https://example.org/c.mp3\n",
    )
    found = read_labelled(path)
    assert found.labels == (-1.5, 20, 0)
    assert [track.url for track in found.tracks] == [
        (tmp_path / "a.flac").as_uri(),
        (tmp_path / "sub" / "b.flac").as_uri(),
        "https://example.org/c.mp3",
    ]
    assert [track.title for track in found.tracks] == ["a", "b", "c"]


def test_labels_may_be_words(tmp_path):
    assert read_labelled(write(tmp_path, "path,label\na,low\nb,HIGH\n")).labels == (0, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("path;label\na;1\n", "has no column 'path' and no column 'label' in its first line"),
        ("path,mark\na,1\n", "has no column 'label' in its first line 'path,mark'"),
        ("", "has no column 'path'"),
        ("path,label\n", "labels that do not vary: there are none"),
        ("path,label\na,3\nb,3\n", "labels that do not vary: all of them '3'"),
        ("path,label\na,1\nb,low\n", "the label 'low' in row 2, which is no number"),
        ("path,label\na,1\nb\n", "the label '' in row 2"),
        ("path,label\na,1\nb,nan\n", "the label 'nan' in row 2"),
        ("path,label\n,1\nb,2\n", "has '' for a path in row 1"),
        ("path,label\nmore.m3u,1\nb,2\n", "holds another list, 'more.m3u'"),
        ("path,label\n\0,1", "is not text"),
        (f"path,label\na,{'1' * 200_000}", "cannot be read after line 1"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path, text, message):
    with pytest.raises(SourceError) as caught:
        read_labelled(write(tmp_path, text))
    assert str(caught.value).startswith(f"the list '{tmp_path}/labels.csv' ")
    assert message in str(caught.value)


def test_a_missing_table_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"none.csv' is not a file, or not there"):
        read_labelled(tmp_path / "none.csv")
