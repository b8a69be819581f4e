from collections.abc import Iterator
from pathlib import Path

import pytest

from resonance_core.config import ResolveConfig
from resonance_core.errors import SourceError
from resonance_core.sources.resolve import resolve
from tests.hostile import hostile
from tests.podcast import FEED, Podcast, serving

ALL = ResolveConfig()
XSPF = """<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/"><title>Mix</title><trackList>
<track><title>One</title><location>{0}/one.opus</location></track>
<track><title>Two</title><location>{0}/two.opus</location></track>
</trackList></playlist>"""


@pytest.fixture
def podcast() -> Iterator[Podcast]:
    with serving() as podcast:
        yield podcast


def refusal(source: str) -> str:
    with pytest.raises(SourceError) as caught:
        resolve(source, ALL)
    return str(caught.value)


def test_feed_is_a_playlist_of_its_first_episodes(
    podcast: Podcast, clips: list[Path], capfd: pytest.CaptureFixture[str]
) -> None:
    feed = podcast.feed(clips)

    playlist = resolve(feed, ResolveConfig(max_tracks=3))

    assert playlist.title == "Evening radio"
    assert playlist.source == feed
    assert playlist.left_out == len(clips) - 3
    assert [track.model_dump(exclude_none=True) for track in playlist.tracks] == [
        {
            "position": position,
            "title": clip.stem.title(),
            "url": f"{podcast.address}/{clip.name}",
            "duration_s": 45.0,
        }
        for position, clip in enumerate(clips[:3])
    ]
    assert podcast.requests == ["/feed.xml"]
    assert capfd.readouterr() == ("", "")


def test_audio_address_is_a_playlist_of_one(podcast: Podcast, clips: list[Path]) -> None:
    url = podcast.answer("/a%20song.opus", clips[0].read_bytes())

    playlist = resolve(url, ALL)

    (track,) = playlist.tracks
    assert (track.position, track.title, track.url) == (0, "a song", url)
    assert (playlist.title, playlist.left_out) == ("a song", 0)


def test_entries_without_a_page_lead_to_their_audio(podcast: Podcast) -> None:
    url = podcast.answer("/mix", XSPF.format(podcast.address).encode(), "application/xspf+xml")

    assert [(track.title, track.url) for track in resolve(url, ALL).tracks] == [
        ("One", f"{podcast.address}/one.opus"),
        ("Two", f"{podcast.address}/two.opus"),
    ]


def test_page_without_audio_is_unsupported(podcast: Podcast) -> None:
    url = podcast.answer("/page", b"<html><title>Hello</title></html>", "text/html")

    assert refusal(url) == (
        f"yt-dlp finds no audio at {url}. "
        "Give the address of a track, a playlist or a podcast feed."
    )


def test_feed_without_episodes_lists_nothing(podcast: Podcast) -> None:
    url = podcast.answer("/feed.xml", FEED.format(items="").encode(), "text/xml")

    assert refusal(url) == f"{url} lists no tracks. Choose another playlist or feed."


def test_host_that_refuses_is_named(podcast: Podcast) -> None:
    podcast.stop()

    host = podcast.address.removeprefix("http://")
    assert refusal(f"{podcast.address}/feed.xml") == (
        f"the connection to {host} failed (Connection refused). "
        "Check the address and the network, or try again later."
    )


def test_unknown_scheme_is_refused() -> None:
    assert refusal("gopher://example.org/1") == (
        "gopher://example.org/1 cannot be read: Unable to handle request: Unsupported url scheme: "
        '"gopher" (requests, urllib, websockets). Check the address.'
    )


def test_pages_without_an_end_are_given_up(
    clips: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resonance_core.sources.ytdlp.LISTING_S", 3.0)
    with hostile(clips[0]) as host:
        assert refusal(f"{host.address}/endless-page") == (
            f"the page {host.address}/endless-page is larger than 32 MB. "
            "Give the address of a track, a playlist or a podcast feed."
        )
        assert refusal(f"{host.address}/trickling-page") == (
            f"{host.address}/trickling-page was not listed within 3 s. "
            "Try again later, or give another address."
        )
