from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from resonance_core.errors import SourceError
from resonance_core.sources.manifest import read_manifest


@pytest.fixture
def folder(clips, tmp_path):
    """Two tracks below a folder."""
    (tmp_path / "music").mkdir()
    for name, clip in (("b 10.opus", clips[0]), ("b 2.opus", clips[1])):
        (tmp_path / "music" / name).write_bytes(clip.read_bytes())
    return tmp_path / "music"


def test_a_folder_is_listed_whole_in_natural_order(folder):
    tracks = read_manifest(folder)
    assert [(track.position, track.title) for track in tracks] == [(0, "b 2"), (1, "b 10")]
    assert [track.url for track in tracks] == [
        (folder / name).as_uri() for name in ("b 2.opus", "b 10.opus")
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", 'label,PATH\n1,"music/b 2.opus"\n2,https://example.org/a.mp3\n'),
        ("a.csv", "File_Name;label\nmusic/b 2.opus;1\nhttps://example.org/a.mp3;2\n"),
        ("a.csv", 'audio\n"music/b 2.opus"\nhttps://example.org/a.mp3\n'),
        ("a.tsv", 'url\tname\nmusic/b 2.opus\t"x\nhttps://example.org/a.mp3\t\n'),
    ],
)
def test_a_table_names_files_and_addresses(folder, name, text):
    manifest = folder.parent / name
    manifest.write_text(text)
    tracks = read_manifest(manifest)
    assert [track.url for track in tracks] == [
        (folder / "b 2.opus").as_uri(),
        "https://example.org/a.mp3",
    ]
    assert [track.title for track in tracks] == ["b 2", "https://example.org/a.mp3"]


def test_a_parquet_file_names_files_too(folder):
    manifest = folder.parent / "a.parquet"
    table = pa.table({"label": [1, 2], "Location": ["music/b 2.opus", str(folder / "gone.mp3")]})
    pq.write_table(table, manifest)
    # What is not there stays: it is a track's failure, not the manifest's.
    assert [track.title for track in read_manifest(manifest)] == ["b 2", "gone"]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.csv", "artist,title\nx,y\n", "no column that says where the tracks are"),
        ("a.csv", "path\n", "names no track"),
        ("a.csv", "path,label\na.mp3,1\n,2\n,3\n", "2 rows that name no file.* row 2, ''"),
        ("a.csv", "path\nlist.m3u\n", "holds another list"),
        ("a.m3u", "a.mp3\n", "is no folder, CSV"),
        ("a.parquet", "no parquet", "cannot be read"),
    ],
)
def test_what_is_no_manifest_says_why(tmp_path, name, text, problem):
    (tmp_path / name).write_text(text)
    with pytest.raises(SourceError, match=rf"the manifest '.*{name}' .*{problem}"):
        read_manifest(tmp_path / name)


def test_nothing_there_is_said(tmp_path):
    with pytest.raises(SourceError, match="there is no file or folder"):
        read_manifest(tmp_path / "nowhere")


def test_a_home_that_nobody_has_is_said():
    with pytest.raises(SourceError, match="in no known home"):
        read_manifest(Path("~nobody-has-this-name/music"))
