import time

import pytest

from resonance_core.errors import SourceError
from resonance_core.sources.lists.entry import Entry
from resonance_core.sources.lists.m3u import read_m3u


def entries(text: str) -> list[Entry]:
    return read_m3u(text.encode()).entries


def test_remarks_name_what_follows_them() -> None:
    listed = read_m3u(
        b"#EXTM3U\r\n#PLAYLIST:Evening\r\n"
        b"#EXTINF:123,Artist - One, two\r\n#EXTALB:Album\r\none.mp3\r\n"
        b"\r\n#EXTINF:61.5,Two\r\nhttp://example.org/two.ogg\r\nthree.mp3\r\n"
    )

    assert listed.title == "Evening"
    assert listed.entries == [
        Entry(title="Artist - One, two", location="one.mp3", duration_s=123.0),
        Entry(title="Two", location="http://example.org/two.ogg", duration_s=61.5),
        Entry(location="three.mp3"),
    ]


@pytest.mark.parametrize("duration", ["-1", "0", "", ".", "1.2.3", "9" * 400])
def test_what_is_no_duration_is_unknown(duration: str) -> None:
    assert entries(f"#EXTINF:{duration},One\na.mp3") == [Entry(title="One", location="a.mp3")]


def test_attributes_may_hold_commas() -> None:
    text = '#EXTINF:-1 tvg-name="a, b" group="c",One, two\na.mp3'
    assert entries(text) == [Entry(title="One, two", location="a.mp3")]


def test_a_remark_without_a_path_is_known_by_name() -> None:
    assert entries("#EXTINF:5,A - One\n#EXTINF:6,B - Two\nb.mp3\n#EXTINF:7,C - Three\n") == [
        Entry(title="A - One", duration_s=5.0),
        Entry(title="B - Two", location="b.mp3", duration_s=6.0),
        Entry(title="C - Three", duration_s=7.0),
    ]


@pytest.mark.parametrize(
    "data",
    [
        "#EXTINF:9,Café – Noël\nÉté.mp3".encode("utf-8-sig"),
        "#EXTINF:9,Café – Noël\nÉté.mp3".encode(),
        "#EXTINF:9,Café – Noël\nÉté.mp3".encode("cp1252"),
        "#EXTINF:9,Café – Noël\nÉté.mp3".encode("utf-16"),
        b"#EXTINF:9,Caf\xc3\xa9 \xe2\x80\x93 No\xc3\xabl\r\xc3\x89t\xc3\xa9.mp3\r",
    ],
    ids=["utf-8-sig", "utf-8", "latin-1", "utf-16", "old Mac line ends"],
)
def test_encodings_and_line_ends(data: bytes) -> None:
    expected = Entry(title="Café – Noël", location="Été.mp3", duration_s=9.0)
    assert read_m3u(data).entries == [expected]


def test_signs_that_only_python_takes_for_line_ends_stay_in_a_name() -> None:
    assert entries("a\x85b\u2028c.mp3") == [Entry(location="a\x85b\u2028c.mp3")]


def test_a_stream_in_pieces_is_no_list_of_tracks() -> None:
    with pytest.raises(SourceError, match=r"one recording cut into pieces \(HLS\)"):
        entries("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9.009,\na.ts\n")


@pytest.mark.parametrize("line", ["#EXTINF:" + "1" * 3_000_000, '#EXTINF:1 a="b' * 300_000])
def test_a_hostile_remark_takes_no_time(line: str) -> None:
    start = time.process_time()
    assert entries(f"{line}\na.mp3") == [Entry(location="a.mp3")]
    assert time.process_time() - start < 1
