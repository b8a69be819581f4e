import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from resonance_core.config import MatchConfig, ResolveConfig
from resonance_core.errors import SourceError
from resonance_core.sources.lists.matches import Match
from resonance_core.sources.matching import match_list as module
from resonance_core.sources.matching.match_file import by_name, read, save
from resonance_core.sources.matching.match_list import match_file_path, match_list
from resonance_core.sources.resolve import resolve
from tests.youtube_music import Catalogue, catalogue, item

CONFIG = MatchConfig(pause_s=0)
WATCH = "https://www.youtube.com/watch?v="


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    with catalogue(monkeypatch) as served:
        yield served


def matched(path: Path, config: MatchConfig = CONFIG) -> list[Match]:
    return match_list(path, match_file_path(path), config, lambda *_: None)


def listing(folder: Path, *names: str) -> Path:
    path = folder / "mine.txt"
    path.write_text("\n".join(names))
    return path


def many(served: Catalogue, folder: Path, number: int) -> Path:
    """Return a list of so many tracks, all of which the catalogue has."""
    for track in range(number):
        served.songs[f"A Song{track}"] = [item(f"song{track:07}", f"Song{track}", "A")]
    return listing(folder, *(f"A - Song{track}" for track in range(number)))


def test_a_list_becomes_a_match_file_that_resolves(served: Catalogue, tmp_path: Path) -> None:
    served.songs = {
        "Oasis Wonderwall - Remastered": [
            item("live-------", "Wonderwall (Live)", "Oasis", "4:20"),
            item("studio-----", "Wonderwall", "Oasis", "4:19"),
        ],
        "Queen Song": [item("other------", "Other", "Queen", "9:00")],
    }
    served.videos = {"Blur Song 2": [item("video------", "Blur - Song 2", "Fan", "2:02")]}
    path = tmp_path / "mine.csv"
    path.write_text(
        "Track Name,Artist Name(s),Duration (ms)\nWonderwall - Remastered,Oasis,258773\n"
        "Song 2,Blur,121000\nSong,Queen,9000\n"
    )

    sure, unsure, none = matched(path)

    assert (sure.take, sure.url, sure.note) == ("yes", f"{WATCH}studio-----", "")
    assert (sure.found_artist, sure.found_title) == ("Oasis", "Wonderwall")
    assert (sure.duration_s, sure.found_duration_s, sure.difference_s) == (259, 259, 0)
    assert sure.others == (f"{WATCH}live------- Oasis - Wonderwall (Live) (260 s)",)
    assert (unsure.take, unsure.url) == ("?", f"{WATCH}video------")
    assert unsure.note == "uploaded by Fan"
    assert (none.take, none.url, none.note) == ("no", "", "nothing like it was found")
    assert none.others == (f"{WATCH}other------ Queen - Other (540 s)",)
    # Videos are searched only where no song is it for sure.
    assert [kinds for _, kinds in served.searches] == [
        *("songs", "songs", "videos", "songs", "videos")
    ]

    target = tmp_path / "mine.matches.csv"
    assert read(target) == [sure, unsure, none]
    with pytest.raises(SourceError, match=r"1 tracks of 'mine\.matches\.csv' are not decided"):
        resolve(str(target), ResolveConfig())
    target.write_text(target.read_text("utf-8-sig").replace(",?,", ",yes,"))
    assert [track.url for track in resolve(str(target), ResolveConfig()).tracks] == [
        f"{WATCH}studio-----",
        f"{WATCH}video------",
    ]


def test_the_tolerance_is_a_setting(served: Catalogue, tmp_path: Path) -> None:
    served.songs["A One"] = [item("one--------", "One", "A", "3:20")]
    path = tmp_path / "mine.tsv"
    path.write_text("Name\tArtist\tTime\nOne\tA\t190\n")
    (row,) = matched(path, MatchConfig(pause_s=0, tolerance_s=10))
    assert row.take == "yes"
    (tmp_path / "mine.matches.csv").unlink()
    (row,) = matched(path, MatchConfig(pause_s=0, tolerance_s=9.5))
    assert (row.take, row.note) == ("?", "10 s longer")


def test_tracks_with_audio_keep_their_place(served: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "mine.m3u"
    path.write_text("#EXTINF:9,A - One\nspotify:track:1\n#EXTINF:9,Two\ntwo.mp3\n")
    one, two = matched(path)
    assert (one.artist, one.take) == ("A", "no")
    assert (two.title, two.take, two.url) == ("Two", "yes", (tmp_path / "two.mp3").as_uri())


def test_a_second_run_searches_only_what_is_new(served: Catalogue, tmp_path: Path) -> None:
    path = many(served, tmp_path, 2)
    first, second = matched(path)
    target = match_file_path(path)
    edited = [
        first.model_copy(update={"url": "https://example.org/own.mp3"}),
        second.model_copy(update={"take": "no"}),
        Match(artist="B", title="By hand", url="https://example.org/b.mp3", take="yes"),
    ]
    target.unlink()
    save(by_name(edited), target)
    served.searches.clear()
    many(served, tmp_path, 3)

    rows = matched(path)

    assert served.searches == [("A Song2", "songs")]
    assert [rows[0], rows[1], rows[3]] == edited
    assert (rows[2].title, rows[2].take) == ("Song2", "yes")
    content = target.read_bytes()
    changed = target.stat().st_mtime_ns
    assert matched(path) == rows
    assert (target.read_bytes(), target.stat().st_mtime_ns) == (content, changed)
    assert len(served.searches) == 1


def test_a_search_that_breaks_off_goes_on_where_it_was(served: Catalogue, tmp_path: Path) -> None:
    path = many(served, tmp_path, 30)
    target = match_file_path(path)

    def break_off(done: int, _: int) -> None:
        if done == 25:
            served.failures = [(429, "{}")] * 4

    with pytest.raises(SourceError) as caught:
        match_list(path, target, CONFIG, break_off)

    assert str(caught.value) == (
        "music.youtube.com answered 429 Too Many Requests; 5 of 30 tracks are not searched yet, "
        f"what was found is kept in '{target}'. "
        "Try again later; the same command goes on from there."
    )
    rows = read(target)
    assert [row.take for row in rows] == ["yes"] * 25 + ["?"] * 5
    assert rows[25].note == "not searched: music.youtube.com answered 429 Too Many Requests"

    served.searches.clear()
    assert [row.take for row in matched(path)] == ["yes"] * 30
    assert [query for query, _ in served.searches] == [f"A Song{track}" for track in range(25, 30)]


def test_what_was_found_is_written_as_the_search_goes_on(
    served: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SAVE_EVERY", 2)
    path = many(served, tmp_path, 5)
    target = match_file_path(path)
    written = []

    def edit(done: int, of: int) -> None:
        written.append((done, of, sum(row.take == "yes" for row in read(target))))
        if done == 4:  # a person's word, while the search goes on
            rows = [row.model_copy(update={"take": "no"}) for row in read(target)[:1]]
            target.unlink()
            save(by_name(rows), target)

    rows = match_list(path, target, CONFIG, edit)

    assert written == [(0, 5, 0), (1, 5, 0), (2, 5, 2), (3, 5, 2), (4, 5, 4)]
    assert [row.take for row in rows] == ["no", "yes", "yes", "yes", "yes"]


def test_one_answer_that_cannot_be_read_ends_nothing(served: Catalogue, tmp_path: Path) -> None:
    path = many(served, tmp_path, 3)
    served.failures = [(200, "<html>"), (200, "<html>")]
    assert [(row.take, row.note) for row in matched(path)] == [
        ("?", "not searched: the answer of music.youtube.com cannot be read (JSONDecodeError)"),
        ("?", "not searched: the answer of music.youtube.com cannot be read (JSONDecodeError)"),
        ("yes", ""),
    ]
    assert [row.take for row in matched(path)] == ["yes"] * 3


def test_three_answers_that_cannot_be_read_end_the_search(
    served: Catalogue, tmp_path: Path
) -> None:
    path = many(served, tmp_path, 5)
    served.failures = [(200, '{"contents": {}}')] * 3
    with pytest.raises(SourceError, match=r"cannot be read \(KeyError\); 5 of 5 .*pip install"):
        matched(path)
    assert len(served.searches) == 3


def test_the_keyboard_loses_nothing(served: Catalogue, tmp_path: Path) -> None:
    path = many(served, tmp_path, 3)

    def stop(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        match_list(path, match_file_path(path), CONFIG, stop)
    assert [row.take for row in read(match_file_path(path))] == ["yes", "yes", "?"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("gone.csv", None, "is not a file, or not there"),
        ("a.m3u", "one.mp3\n", "all tracks of 'a.m3u' say where their audio is. Ingest the list"),
        ("a.csv", "artist,title,url,take\nA,One,,?\n", "'a.csv' is a match file. Give the list"),
    ],
)
def test_what_needs_no_match_is_refused(
    served: Catalogue, tmp_path: Path, name: str, content: str | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(SourceError) as caught:
        matched(tmp_path / name)
    assert words in str(caught.value)
    assert served.searches == []


def test_a_place_that_cannot_be_used_is_refused_before_any_search(
    served: Catalogue, tmp_path: Path
) -> None:
    path = many(served, tmp_path, 1)
    for target, words in (
        (tmp_path / "mine.xspf", "is no CSV file"),
        (tmp_path / "gone" / "mine.csv", "cannot be written"),
    ):
        with pytest.raises(SourceError, match=words):
            match_list(path, target, CONFIG, lambda *_: None)
    assert served.searches == []


def test_a_long_list_takes_little_time(served: Catalogue, tmp_path: Path) -> None:
    start = time.process_time()
    path = tmp_path / "mine.csv"
    path.write_text("Name,Artist\n" + "One,A\n" * 5_000)
    target = match_file_path(path)
    found = Match(artist="A", title="One", url=f"{WATCH}one--------", take="yes")
    save(by_name([found] * 5_000), target)
    assert len(matched(path)) == 5_000
    assert served.searches == []
    assert resolve(str(target), ResolveConfig()).left_out == 4_980
    assert time.process_time() - start < 4
