import os
import random
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from resonance_core.errors import SourceError
from resonance_core.sources.lists.file import ListFile, read_list
from resonance_core.sources.playlist import TrackSource
from resonance_core.sources.wanted import WantedTrack

SAMPLES = {
    "a.m3u": '#EXTM3U\n#EXTINF:61 x="y",A - One\nhttp://example.org/a.mp3\n#EXTINF:9,B - Two\n',
    "a.xspf": """<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList>
<track><location>http://example.org/a.mp3</location><title>A - One</title>
<duration>61000</duration></track>
<track><title>Two</title><creator>B</creator><duration>9000</duration></track>
</trackList></playlist>""",
    "a.jspf": '{"playlist": {"track": [{"location": ["http://example.org/a.mp3"], "title": '
    '"A - One", "duration": 61000}, {"title": "Two", "creator": "B", "duration": 9000}]}}',
}
BOTH = (
    (TrackSource(position=0, title="A - One", url="http://example.org/a.mp3", duration_s=61.0),),
    (WantedTrack(position=1, artist="B", title="Two", duration_s=9.0),),
)
TABLES = {
    "a.csv": "Track URI,Track Name,Artist Name(s),Duration (ms)\nspotify:1,Two,B,9000\n",
    "a.tsv": "Name\tArtist\tTime\nTwo\tB\t9\n",
    "a.txt": "B - Two\n",
}


def listing(folder: Path, name: str, content: str | bytes, max_tracks: int = 20) -> ListFile:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_list(path, max_tracks)


def refusal(folder: Path, name: str, content: str | bytes) -> str:
    with pytest.raises(SourceError) as caught:
        listing(folder, name, content)
    return str(caught.value)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_list_holds_tracks_with_audio_and_tracks_known_by_name(name: str, tmp_path: Path) -> None:
    result = listing(tmp_path, name, SAMPLES[name])

    assert (result.playlist.tracks, result.wanted) == BOTH
    assert result.playlist.title == "a"
    assert result.playlist.source == str(tmp_path / name)
    assert (result.playlist.left_out, result.skipped) == (0, 0)


@pytest.mark.parametrize("name", TABLES)
def test_tables_and_text_are_known_by_name(name: str, tmp_path: Path) -> None:
    result = listing(tmp_path, name, TABLES[name])

    (wanted,) = result.wanted
    assert (wanted.position, wanted.artist, wanted.title) == (0, "B", "Two")
    assert wanted.duration_s == (None if name == "a.txt" else 9.0)
    assert result.playlist.tracks == ()


@pytest.mark.parametrize("name", [*SAMPLES, *TABLES])
@pytest.mark.parametrize("suffix", ["", ".txt", ".list"])
def test_content_tells_the_format_where_the_suffix_does_not(
    name: str, suffix: str, tmp_path: Path
) -> None:
    content = (SAMPLES | TABLES)[name]
    by_suffix, by_content = (
        listing(tmp_path, file, content) for file in (name.upper(), f"list{suffix}")
    )

    assert by_content.wanted == by_suffix.wanted
    assert by_content.playlist.tracks == by_suffix.playlist.tracks


def test_titles_and_durations_that_a_list_lacks_come_from_the_files(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "bare.flac", np.zeros(16000), 8000)
    with soundfile.SoundFile(tmp_path / "tagged.flac", "w", 8000, 1) as file:
        file.title = "Journey, the"
        file.write(np.zeros(16000))

    tracks = listing(
        tmp_path, "a.m3u", "tagged.flac\nbare.flac\n#EXTINF:5,Named\nbare.flac\ngone.flac\n"
    ).playlist.tracks

    assert [(track.title, track.duration_s) for track in tracks] == [
        ("Journey, the", 2.0),
        ("bare", 2.0),
        ("Named", 5.0),
        ("gone", None),
    ]
    assert tracks[3].url == (tmp_path / "gone.flac").as_uri()


def test_max_tracks_keeps_the_first_of_both_kinds_and_counts_the_rest(tmp_path: Path) -> None:
    text = "A - One\nno track\nhttp://example.org/b.mp3\nC - Three\nhttp://example.org/d.mp3\n"

    result = listing(tmp_path, "a.txt", text, max_tracks=2)

    assert [(track.position, track.title) for track in result.wanted] == [(0, "One")]
    assert [(track.position, track.url) for track in result.playlist.tracks] == [
        (1, "http://example.org/b.mp3")
    ]
    assert result.playlist.left_out == 2
    assert result.skipped == 1


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("A - One", ("A", "One")),
        ("A – One - Live", ("A", "One - Live")),
        ("A — One", ("A", "One")),
        ("A-ha - Take-on   me", ("A-ha", "Take-on me")),
        ("\x1b[31mA - One\x07", ("[31mA", "One")),
    ],
)
def test_artist_and_title_in_one(line: str, names: tuple[str, str], tmp_path: Path) -> None:
    (wanted,) = listing(tmp_path, "a.txt", line).wanted
    assert (wanted.artist, wanted.title) == names


def test_what_json_can_hold_and_utf8_cannot(tmp_path: Path) -> None:
    text = '{"playlist": {"title": "\\ud800x", "track": [{"title": "One\\ud800", "creator": "A"}]}}'

    result = listing(tmp_path, "a.jspf", text)

    assert result.playlist.title == "x"
    assert result.wanted[0].title == "One"
    assert result.model_dump_json()


def test_an_address_without_audio_leaves_the_name(tmp_path: Path) -> None:
    text = "#EXTINF:9,A - One\nspotify:track:1\n#EXTINF:9,One\nspotify:track:2\n"

    result = listing(tmp_path, "a.m3u8", text)

    assert result.wanted == (WantedTrack(position=0, artist="A", title="One", duration_s=9.0),)
    assert result.skipped == 1


def test_a_list_in_a_list_is_refused_by_name(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.m3u", "one.mp3\nother.m3u\n") == (
        f"the list '{tmp_path}/a.m3u' holds another list, 'other.m3u'. "
        "Put its tracks in its place, or give it as a source of its own."
    )


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.m3u", "#EXTM3U\n", "one path or address a line"),
        ("a.xspf", "<playlist/>", "tracks with a location, or with a creator and a title"),
        ("a.json", "{}", "a playlist of tracks with a location, or with a creator and a title"),
        ("a.csv", "One,A\n", "a header such as 'Track Name,Artist Name(s)' and a track a row"),
        ("a.txt", "just words\n", "one address or one 'artist - title' a line"),
        ("a", "", "one address or one 'artist - title' a line"),
    ],
)
def test_a_list_of_nothing_is_told_what_was_expected(
    name: str, content: str, expected: str, tmp_path: Path
) -> None:
    assert refusal(tmp_path, name, content) == (
        f"the list '{tmp_path}/{name}' names no track. It should hold {expected}."
    )


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.txt", b"\x89PNG\r\n\x1a\n\0\0") == (
        f"the list '{tmp_path}/a.txt' is not text. Save it as text in UTF-8."
    )


def test_a_list_that_cannot_be_opened_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe.m3u")
    for name in ("gone.m3u", "pipe.m3u", "."):
        with pytest.raises(SourceError, match="is not a file, or not there"):
            read_list(tmp_path / name, 20)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "locked.m3u").write_bytes(b"x")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match=r"locked.m3u' cannot be read \(Permission denied\)"):
        read_list(tmp_path / "locked.m3u", 20)


def test_limits_of_size_and_number(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.m3u", b"a" * 10_000_001) == (
        f"the list '{tmp_path}/a.m3u' is larger than 10 MB. Split it into several lists."
    )
    many = "Two,B\n" * 50_000
    assert listing(tmp_path, "a.csv", f"Name,Artist\n{many}").playlist.left_out == 49_980
    assert refusal(tmp_path, "a.csv", f"Name,Artist\n{many}Two,B") == (
        f"the list '{tmp_path}/a.csv' holds more than 50,000 entries. Split it into several lists."
    )


@pytest.mark.parametrize("name", [*SAMPLES, *TABLES])
def test_a_damaged_list_is_read_or_refused(name: str, tmp_path: Path) -> None:
    original = (SAMPLES | TABLES)[name].encode()
    chance = random.Random(0)
    refused = 0
    start = time.process_time()
    for number in range(1000):
        data = bytearray(original)
        for _ in range(chance.randint(1, 8)):
            place = chance.randrange(len(data))
            data[place : place + chance.randint(0, 2)] = chance.randbytes(chance.randint(0, 2))
        try:
            # A name of its own each time: to write over a file is ten times slower.
            listing(tmp_path, f"{number}{name}", bytes(data))
        except SourceError:
            refused += 1
    assert 0 < refused < 1000
    assert time.process_time() - start < 2
