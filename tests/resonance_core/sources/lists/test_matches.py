import csv
import io
from pathlib import Path

import pytest

from resonance_core.errors import SourceError
from resonance_core.sources.lists.file import read_list
from resonance_core.sources.lists.matches import COLUMNS, Match, format_matches, parse_matches

URL = "https://www.youtube.com/watch?v=abcdefghij"
ROWS = [
    Match(
        artist="Björk",
        title="Jóga",
        duration_s=305.0,
        found_artist="Björk",
        found_title="Jóga",
        found_duration_s=303.0,
        url=f"{URL}1",
        take="yes",
    ),
    Match(
        artist="宇多田ヒカル",
        title='First "Love", 2',
        found_artist="Utada",
        found_title="First Love",
        found_duration_s=257.0,
        url=f"{URL}2",
        note="another artist",
        others=(f"{URL}3 Utada - Live (260 s)",),
    ),
    Match(artist="Nobody", title="Nothing", take="no", note="nothing like it was found"),
]


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_rows_read_back() -> None:
    data = format_matches(ROWS)
    assert parse_matches(data) == ROWS
    header, first, *_ = cells(data)
    assert tuple(header) == COLUMNS
    assert first[:9] == ["1", "Björk", "Jóga", "305", "Björk", "Jóga", "303", "-2", f"{URL}1"]
    assert first[9] == "yes"


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "-Dash", "'=quoted", "7/11"])
def test_names_that_spreadsheets_would_run_or_change_are_guarded(text: str) -> None:
    row = Match(artist=text, title=text, found_artist=text, found_title=text, note=text)
    data = format_matches([row])
    assert parse_matches(data) == [row]
    assert {cells(data)[1][place] for place in (1, 2, 4, 5, 10)} == {f"'{text}"}


def test_a_file_that_a_spreadsheet_saved_reads_back() -> None:
    text = format_matches(ROWS).decode("utf-8-sig")
    for delimiter, encoding in ((";", "cp1252"), ("\t", "utf-16"), (",", "utf-8")):
        file = io.StringIO(newline="")
        csv.writer(file, delimiter=delimiter).writerows(csv.reader(io.StringIO(text, newline="")))
        data = file.getvalue().encode(encoding, errors="replace")
        assert [row.url for row in parse_matches(data)] == [f"{URL}1", f"{URL}2", ""]
        assert parse_matches(data)[1].title == 'First "Love", 2'


def test_order_comes_back_by_position_whatever_the_sorting() -> None:
    text = "take,url,title,artist,position\n?,,Three,A,10\n,,Hand,A,\nYES,u,One,A,2\nNo,,Two,A,9\n"
    assert [(row.title, row.take) for row in parse_matches(text.encode())] == [
        ("One", "yes"),
        ("Two", "no"),
        ("Three", "?"),
        ("Hand", "?"),
    ]


def test_another_word_in_take_is_refused_by_name() -> None:
    with pytest.raises(SourceError) as caught:
        parse_matches(b"artist,title,url,take\nA,One,,maybe\n")
    assert str(caught.value) == "has 'maybe' in the take column of 'One'. Write ?, yes or no."


@pytest.mark.parametrize("text", ["", "artist,title,url\nA,One,\n", "A - One\n"])
def test_other_lists_are_no_match_files(text: str) -> None:
    with pytest.raises(SourceError, match="is no match file"):
        parse_matches(text.encode())


def test_a_match_file_is_a_playlist_of_what_is_taken(tmp_path: Path) -> None:
    (tmp_path / "own.mp3").write_bytes(b"")
    rows = [
        ROWS[0],
        ROWS[2],
        Match(artist="A", title="Edited", take="yes", url="https://youtu.be/abcdefghij9?t=5"),
        Match(artist="A", title="Local", take="yes", url="own.mp3", duration_s=9),
        Match(artist="A", title="Elsewhere", take="yes", url="https://example.org/a.mp3"),
    ]
    path = tmp_path / "mine.matches.csv"
    path.write_bytes(format_matches(rows))

    found = read_list(path, max_tracks=20)

    assert found.is_match_file
    assert found.playlist.title == "mine"
    assert [(track.position, track.title, track.url) for track in found.playlist.tracks] == [
        (0, "Jóga", f"{URL}1"),
        (1, "Edited", f"{URL}9"),
        (2, "Local", (tmp_path / "own.mp3").as_uri()),
        (3, "Elsewhere", "https://example.org/a.mp3"),
    ]
    assert found.playlist.tracks[0].duration_s == 305
    assert found.wanted == ()
    assert found.skipped == 1


def test_rows_without_a_word_or_an_address_are_not_tracks_yet(tmp_path: Path) -> None:
    rows = [
        ROWS[1],
        Match(artist="A", title="No address", take="yes"),
        Match(title="From the list", url="one.mp3"),
    ]
    path = tmp_path / "mine.csv"
    path.write_bytes(format_matches(rows))

    found = read_list(path, max_tracks=20)

    assert found.playlist.tracks == ()
    assert [track.title for track in found.wanted] == [
        'First "Love", 2',
        "No address",
        "From the list",
    ]


def test_a_match_file_of_nothing_says_what_it_should_hold(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(format_matches(ROWS[2:]))
    with pytest.raises(SourceError, match=r"names no track\. It should hold a row with yes"):
        read_list(path, max_tracks=20)
