import os
import shutil
from pathlib import Path

import av
import pytest

from resonance_core.config import ResolveConfig
from resonance_core.errors import SourceError
from resonance_core.sources.local import file_path
from resonance_core.sources.resolve import resolve

ALL = ResolveConfig()


def titled(source: Path, target: Path, title: str) -> None:
    """Copy a clip's packets into another container with a title."""
    with av.open(str(source)) as clip, av.open(str(target), "w") as copy:
        stream = copy.add_stream_from_template(clip.streams.audio[0])
        copy.metadata["title"] = title
        for packet in clip.demux(clip.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = stream
                copy.mux(packet)


def test_folder_is_listed_in_natural_order_of_the_relative_path(
    clips: list[Path], tmp_path: Path
) -> None:
    names = ["10.opus", "9.OPUS", "disc 10/1.opus", "disc 2/b.opus", "disc 2/A.opus"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(clips[0], tmp_path / name)
    for ignored in (".hidden.opus", ".trash/1.opus", "notes.txt", "cover.jpg", "list.m3u"):
        (tmp_path / ignored).parent.mkdir(exist_ok=True)
        (tmp_path / ignored).write_bytes(b"x")

    playlist = resolve(str(tmp_path), ALL)

    order = ["9.OPUS", "10.opus", "disc 2/A.opus", "disc 2/b.opus", "disc 10/1.opus"]
    assert [file_path(track.url) for track in playlist.tracks] == [tmp_path / n for n in order]
    assert [track.position for track in playlist.tracks] == [0, 1, 2, 3, 4]
    assert playlist.title == tmp_path.name
    assert playlist.source == str(tmp_path)
    assert playlist.left_out == 0


def test_duration_and_title_come_from_the_file(clips: list[Path], tmp_path: Path) -> None:
    titled(clips[0], tmp_path / "a.opus", "Journey, the")
    shutil.copy(clips[1], tmp_path / "b side.opus")
    (tmp_path / "c.mp3").write_bytes(b"no audio at all")

    first, second, broken = resolve(str(tmp_path), ALL).tracks

    assert first.title == "Journey, the"
    assert first.duration_s == pytest.approx(45, abs=0.1)
    assert second.title == "b side"
    assert (broken.title, broken.duration_s) == ("c", None)


def test_max_tracks_keeps_the_first_and_counts_the_rest(clips: list[Path]) -> None:
    playlist = resolve(str(clips[0].parent), ResolveConfig(max_tracks=2))

    assert [file_path(track.url) for track in playlist.tracks] == clips[:2]
    assert playlist.left_out == len(clips) - 2


def test_single_file_by_path_and_by_uri(clips: list[Path]) -> None:
    playlist = resolve(str(clips[0]), ALL)

    (track,) = playlist.tracks
    assert track.url == clips[0].as_uri()
    assert playlist.title == track.title == clips[0].stem
    assert resolve(clips[0].as_uri(), ALL) == playlist


def test_a_name_in_no_encoding_survives_the_url(clips: list[Path], tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9 100%#1.opus")
    shutil.copy(clips[0], path)

    (track,) = resolve(str(tmp_path), ALL).tracks

    assert track.title == "caf� 100%#1"
    assert file_path(track.url) == path
    assert track.model_dump_json()


def test_what_is_no_file_has_no_path() -> None:
    assert file_path("https://a.example/file:///b.opus") is None
    assert file_path("http://[no address/b.opus") is None


def test_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        resolve(str(tmp_path / "nowhere"), ALL)
    assert str(caught.value) == (
        f"there is no file or folder '{tmp_path}/nowhere'. "
        "Check the path; an address starts with http:// or https://."
    )


def test_name_no_file_system_takes_is_an_error_with_words() -> None:
    with pytest.raises(SourceError, match=r"cannot be read \(File name too long\)"):
        resolve("x" * 5000, ALL)


def test_folder_without_audio_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(SourceError) as caught:
        resolve(str(tmp_path), ALL)
    assert str(caught.value) == (
        f"the folder '{tmp_path}' holds no audio. "
        "Choose a folder with files such as .mp3, .flac or .opus."
    )
