from typing import Any

import pytest

from resonance_core.sources.lists.matches import Match
from resonance_core.sources.matching.choose import Choice, rank
from resonance_core.sources.matching.youtube_music import Candidate

WANTED = Match(artist="Oasis", title="Wonderwall - Remastered", duration_s=258.7)


def found(title: str, artist: str, seconds: int | None, kind: str = "song") -> Candidate:
    """Return a candidate from what ytmusicapi answers."""
    result: dict[str, Any] = {
        "category": "Songs",
        "resultType": kind,
        "videoId": "abcdefghijk",
        "title": title,
        "artists": [{"name": name, "id": None} for name in artist.split(", ")],
        "album": None,
        "isExplicit": False,
        "duration": "4:19",
        "duration_seconds": seconds,
    }
    return Candidate.model_validate(result)


def judged(candidate: Candidate, wanted: Match = WANTED) -> Choice:
    (choice,) = rank(wanted, [candidate], 5.0)
    return choice


@pytest.mark.parametrize(
    ("title", "artist", "seconds"),
    [
        ("Wonderwall", "Oasis", 259),
        ("WONDERWALL (2014 Remaster)", "OASIS", 263),
        ("Wonderwall", "Someone, Oasis", 254),
    ],
)
def test_artist_title_and_length_make_sure(title: str, artist: str, seconds: int) -> None:
    choice = judged(found(title, artist, seconds))
    assert choice.doubts == ()
    assert choice.plausible


@pytest.mark.parametrize(
    ("title", "artist", "seconds", "doubt"),
    [
        ("Wonderwall", "Oasis", 264, "5 s longer"),
        ("Wonderwall", "Oasis", 200, "59 s shorter"),
        ("Wonderwall", "Oasis", None, "no length to compare"),
        ("Wonderwall (Live)", "Oasis", 259, "another version (live)"),
        ("Wonderwall (Sped Up)", "Oasis", 259, "another version (sped)"),
        ("Wonderwalls", "Oasis", 259, "another title"),
        ("Wonderwall", "Ryan Adams", 259, "another artist"),
    ],
)
def test_each_doubt_asks_for_a_look(
    title: str, artist: str, seconds: int | None, doubt: str
) -> None:
    choice = judged(found(title, artist, seconds))
    assert choice.doubts == (doubt,)
    assert choice.plausible


@pytest.mark.parametrize(
    ("title", "artist", "seconds"),
    [
        ("Supersonic", "Oasis", 259),
        ("Wonderwall", "Ryan Adams", 300),
        ("Wonderwall (Karaoke Version)", "Sing Along Stars", 259),
    ],
)
def test_what_is_not_worth_a_look(title: str, artist: str, seconds: int) -> None:
    assert not judged(found(title, artist, seconds)).plausible


def test_a_version_is_the_same_if_it_is_asked_for() -> None:
    wanted = Match(artist="Oasis", title="Wonderwall - Live", duration_s=259)
    assert judged(found("Wonderwall (Live)", "Oasis", 260), wanted).doubts == ()
    assert judged(found("Wonderwall", "Oasis", 260), wanted).doubts == ("another version (live)",)


def test_without_a_length_names_decide_about_songs_but_not_about_videos() -> None:
    wanted = Match(artist="Oasis", title="Wonderwall")
    assert judged(found("Wonderwall", "Oasis", 259), wanted).doubts == ()
    video = judged(found("Wonderwall", "Oasis", 259, "video"), wanted)
    assert video.doubts == ("no length to compare",)


@pytest.mark.parametrize(
    ("artist", "found_artist"),
    [
        ("Beyoncé;JAY-Z", "Beyoncé, JAY-Z"),
        ("Simon & Garfunkel", "Simon and Garfunkel"),
        ("Drake, Rihanna", "Rihanna, Drake"),
        ("The Smiths", "Smiths"),
        ("Кино", "Kino"),
        ("Björk", "Bjork"),
    ],
)
def test_artists_are_the_same_however_they_are_written(artist: str, found_artist: str) -> None:
    wanted = Match(artist=artist, title="Song", duration_s=200)
    assert judged(found("Song", found_artist, 200), wanted).doubts == ()


def test_an_artist_in_another_alphabet_asks_for_a_look() -> None:
    wanted = Match(artist="宇多田ヒカル", title="First Love", duration_s=257)
    choice = judged(found("First Love", "Hikaru Utada", 258), wanted)
    assert choice.plausible
    assert choice.doubts == ("another artist",)


@pytest.mark.parametrize(
    ("channel", "doubts"),
    [("Oasis", ()), ("Some Uploader", ("uploaded by Some Uploader",))],
)
def test_a_video_may_name_the_artist_in_its_title(channel: str, doubts: tuple[str, ...]) -> None:
    title = "Wonderwall" if channel == "Oasis" else "Oasis - Wonderwall (Lyrics)"
    assert judged(found(title, channel, 260, "video")).doubts == doubts


def test_the_best_comes_first_and_songs_before_videos() -> None:
    candidates = [
        found("Wonderwall (Live)", "Oasis", 259),
        found("Supersonic", "Oasis", 259),
        found("Wonderwall", "Oasis", 262),
        found("Wonderwall", "Oasis", 259),
        found("Wonderwall", "Oasis", 259, "video"),
        found("Wonderwall", "Oasis", 290),
    ]
    ranked = [choice.candidate for choice in rank(WANTED, candidates, 5.0)]
    assert [candidates.index(one) for one in ranked] == [3, 4, 2, 5, 0, 1]
