import time
from collections.abc import Iterator

import pytest

from resonance_core.errors import ResonanceError, SourceError, TrackError
from resonance_core.sources.matching.youtube_music import RETRIES, YouTubeMusic
from tests.youtube_music import Catalogue, answer, catalogue, item


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    with catalogue(monkeypatch) as served:
        yield served


def refusal(kind: type[ResonanceError]) -> str:
    with pytest.raises(kind) as caught:
        YouTubeMusic(0).search("a b", "songs")
    return str(caught.value)


def test_songs_and_videos_are_read(served: Catalogue) -> None:
    served.songs["a b"] = [
        item("abcdefghijk", "夜に\x1b駆ける", "A, B", "1:02:03"),
        item("greyed-out_", "Gone", "A", available=False),
        item("abcdefghij2", "Two", "A", None),
    ]
    served.videos["a b"] = [item("abcdefghij3", "Video", "Channel")]
    music = YouTubeMusic(0)

    one, two = music.search("a b", "songs")
    (video,) = music.search("a b", "videos")

    assert (one.title, one.artists, one.duration_s) == ("夜に 駆ける", ("A", "B"), 3723)
    assert one.url == "https://www.youtube.com/watch?v=abcdefghijk"
    assert (two.title, two.duration_s) == ("Two", None)
    assert (video.kind, video.artist) == ("video", "Channel")
    assert music.search("nothing", "songs") == []
    assert served.searches == [("a b", "songs"), ("a b", "videos"), ("nothing", "songs")]


def test_a_busy_server_is_asked_again(served: Catalogue) -> None:
    served.songs["a b"] = [item("abcdefghijk", "One", "A")]
    served.failures = [(503, "busy"), (429, "{}")]
    assert len(YouTubeMusic(0).search("a b", "songs")) == 1
    assert len(served.searches) == 3


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (429, "<html>unusual traffic</html>", "answered 429 Too Many Requests. Try again later."),
        (500, '{"error": {}}', "answered 500 Internal Server Error. Try again later."),
    ],
)
def test_a_server_that_stays_busy_ends_the_search(
    served: Catalogue, status: int, body: str, words: str
) -> None:
    served.failures = [(status, body)] * 10
    assert refusal(SourceError) == f"music.youtube.com {words}"
    assert len(served.searches) == RETRIES + 1


SHELF = '{"contents": {"sectionListRenderer": {"contents": [{"musicShelfRenderer": %s}]}}}'


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (400, '{"error": {"message": "bad"}}', "answered 400 Bad Request"),
        (200, "<html>consent</html>", "cannot be read (JSONDecodeError)"),
        (200, "", "cannot be read (JSONDecodeError)"),
        (200, "null", "cannot be read (TypeError)"),
        (200, '{"contents": {}}', "cannot be read (KeyError)"),
        (200, SHELF % '{"contents": []}', "cannot be read (IndexError)"),
        (200, answer("songs", [{"flexColumns": []}]), "cannot be read (ValueError)"),
        (200, answer("songs", [item("no id", "One", "A")]), "cannot be read (ValidationError)"),
    ],
)
def test_an_answer_of_another_shape_ends_one_search_only(
    served: Catalogue, status: int, body: str, words: str
) -> None:
    served.failures = [(status, body)]
    assert words in refusal(TrackError)
    assert YouTubeMusic(0).search("a b", "songs") == []


def test_a_connection_that_fails_is_told(served: Catalogue) -> None:
    served.stop()
    assert refusal(SourceError) == (
        "the connection to music.youtube.com failed (Connection refused). "
        "Check the network, or try again later."
    )


def test_searches_are_some_time_apart(served: Catalogue) -> None:
    music = YouTubeMusic(0.1)
    start = time.monotonic()
    for _ in range(3):
        music.search("a b", "songs")
    assert time.monotonic() - start >= 0.2
