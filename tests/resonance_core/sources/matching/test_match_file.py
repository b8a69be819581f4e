from pathlib import Path

import pytest

from resonance_core.errors import SourceError
from resonance_core.sources.lists.matches import Match
from resonance_core.sources.matching.match_file import by_name, keep_searched, read, save

FOUND = Match(artist="A", title="One", url="https://example.org/1", note="another title")
UNSEARCHED = Match(artist="A", title="One")


def test_rows_with_the_same_names_are_counted_apart() -> None:
    rows = [UNSEARCHED, Match(artist="B", title="One"), UNSEARCHED]
    assert list(by_name(rows)) == [("A", "One", 0), ("B", "One", 0), ("A", "One", 1)]


def test_a_file_is_written_whole_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    assert read(path) == []
    save(by_name([FOUND, UNSEARCHED]), path)
    assert read(path) == [FOUND, UNSEARCHED]
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_in_the_file_stays_also_what_the_list_does_not_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    edited = FOUND.model_copy(update={"url": "https://example.org/2", "take": "yes"})
    other = Match(artist="B", title="By hand", url="b.mp3", take="yes")
    save(by_name([other, edited, Match(artist="C", title="Not searched, not listed")]), path)

    rows = by_name([FOUND, Match(artist="A", title="New")])
    save(rows, path)

    assert read(path) == [edited, Match(artist="A", title="New"), other]
    assert list(rows.values()) == read(path)


def test_a_row_that_was_not_searched_gives_way(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    save(by_name([UNSEARCHED.model_copy(update={"note": "not searched: 429"})]), path)
    rows = by_name([FOUND])
    keep_searched(rows, path)
    assert list(rows.values()) == [FOUND]


def test_another_file_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("artist,title\nA,One\n")
    with pytest.raises(SourceError, match=r"mine\.csv' is no match file\. Choose another place"):
        save(by_name([FOUND]), path)
    assert path.read_text() == "artist,title\nA,One\n"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"cannot be written \(No such file or directory\)"):
        save(by_name([FOUND]), tmp_path / "gone" / "mine.csv")
