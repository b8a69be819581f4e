from pathlib import Path

import pytest

from resonance_core.errors import SourceError
from resonance_core.sources.lists.location import locate
from resonance_core.sources.local import file_path

HERE = Path("/music/lists")


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("a b#1.mp3", "file:///music/lists/a%20b%231.mp3"),
        ("./x/a.mp3", "file:///music/lists/x/a.mp3"),
        ("../a.mp3", "file:///music/a.mp3"),
        ("/else/a.mp3", "file:///else/a.mp3"),
        ("x\\y\\a.mp3", "file:///music/lists/x/y/a.mp3"),
        ("..\\a.mp3", "file:///music/a.mp3"),
        ("C:\\Music\\a b.mp3", "file:///C:/Music/a%20b.mp3"),
        ("a%20b.mp3", "file:///music/lists/a%20b.mp3"),
        ("file:///else/a%20b.mp3", "file:///else/a%20b.mp3"),
        ("FILE://localhost/else/a.mp3", "file:///else/a.mp3"),
        ("Intro: one.mp3", "file:///music/lists/Intro%3A%20one.mp3"),
        ("http://example.org/a.mp3?x=1", "http://example.org/a.mp3?x=1"),
        ("HTTPS://example.org/a", "HTTPS://example.org/a"),
        ("http://example.org/live.m3u8", "http://example.org/live.m3u8"),
        (
            "https://youtu.be/dQw4w9WgXcQ?list=PLFgquLnL59alCl_2TQvOiD5Vgm1hCaGSI",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ),
    ],
)
def test_paths_and_addresses(location: str, url: str) -> None:
    assert locate(location, HERE) == url


@pytest.mark.parametrize(
    "location",
    [
        "",
        "spotify:track:70cHKK8bHAfJrOGVnfRG9J",
        "rtsp://example.org/a",
        "javascript:alert(1)",
        "http://",
        "http://[example.org/a.mp3",
        "file://[example.org/a.mp3",
        "http://example.org/\x1b[2J.mp3",
        "https://youtu.be/short",
        "a\0b.mp3",
        "file:///a%00b.mp3",
        "\ud800.mp3",
        "x" * 5000,
    ],
)
def test_what_no_audio_can_be_had_from(location: str) -> None:
    assert locate(location, HERE) is None


@pytest.mark.parametrize(
    "location",
    [
        "other.m3u",
        "x\\Other.M3U8",
        "/music/a.pls",
        "file:///music/a.xspf",
        "http://example.org/radio.m3u?x=1",
        "https://www.youtube.com/@NASA",
        "https://www.youtube.com/playlist?list=PLFgquLnL59alCl_2TQvOiD5Vgm1hCaGSI",
    ],
)
def test_another_list_is_refused(location: str) -> None:
    with pytest.raises(SourceError) as caught:
        locate(location, HERE)
    assert str(caught.value) == (
        f"holds another list, {location!r}. "
        "Put its tracks in its place, or give it as a source of its own."
    )


@pytest.mark.parametrize("name", ["100%25.mp3", "a\\b.mp3", "http:a.mp3", "CD1:a.mp3"])
def test_a_file_that_is_there_is_meant_as_it_is_written(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"x")

    url = locate(name, tmp_path)

    assert url is not None
    assert file_path(url) == tmp_path / name


def test_links_keep_their_name_and_may_go_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.mp3").write_bytes(b"x")
    (tmp_path / "folder").symlink_to(tmp_path / "real")
    (tmp_path / "b.mp3").symlink_to(tmp_path / "real" / "a.mp3")
    (tmp_path / "circle").symlink_to("circle")

    assert locate("folder/a.mp3", tmp_path) == (tmp_path / "real" / "a.mp3").as_uri()
    assert locate("b.mp3", tmp_path) == (tmp_path / "b.mp3").as_uri()
    assert locate("circle/a.mp3", tmp_path) is None
