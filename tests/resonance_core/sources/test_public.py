"""Connections to public addresses only; 127.0.0.1 stands for the internet, 127.0.0.2 for a LAN."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from resonance_core.config import DownloadConfig, ResolveConfig
from resonance_core.errors import SourceError, TrackError
from resonance_core.sources.public import is_public
from resonance_core.sources.resolve import resolve
from resonance_core.sources.ytdlp import fetch
from tests.podcast import FEED, ITEM
from tests.public_child import REBOUND

CONFIG = DownloadConfig(interval_s=0)
PLAYLIST = """#EXTM3U
#EXT-X-TARGETDURATION:10
#EXTINF:10,
{0}
#EXT-X-ENDLIST
"""


class Place:
    """A web server that answers some paths, or redirects; it keeps what it was asked for."""

    def __init__(self, host: str) -> None:
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.redirects: dict[str, str] = {}
        self.asked: list[str] = []
        place = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                place.asked.append(self.path)
                if (target := place.redirects.get(self.path)) is not None:
                    self.send_response(302)
                    self.send_header("Location", target)
                    self.end_headers()
                    return
                kind, body = place.pages[self.path]
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_HEAD = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer((host, 0), Handler)
        self.address = f"http://{host}:{self.server.server_port}"


@contextmanager
def at(host: str) -> Iterator[Place]:
    place = Place(host)
    thread = threading.Thread(target=place.server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield place
    finally:
        place.server.shutdown()
        place.server.server_close()
        thread.join()


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("RESONANCE_PUBLIC_ONLY", "true")
    monkeypatch.setattr("resonance_core.sources.ytdlp.CHILD", "tests.public_child")
    with at("127.0.0.1") as place:
        yield place


@pytest.fixture
def lan(clips: list[Path]) -> Iterator[Place]:
    with at("127.0.0.2") as place:
        place.pages["/secret.opus"] = ("audio/ogg", clips[0].read_bytes())
        yield place


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("2606:4700::1111", True), ("10.0.0.1", False), ("fe80::1%eth0", False)]
    + [
        (f"{one}7f00:1", False)
        for one in ("::", "::ffff:", "::ffff:0:", "64:ff9b::", "64:ff9b:1::")
    ]
    + [("fec0::1", False)],
)
def test_an_address_is_public_or_not(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_what_is_public_is_fetched(internet: Place, clips: list[Path], tmp_path: Path) -> None:
    internet.pages["/song.opus"] = ("audio/ogg", clips[0].read_bytes())
    assert resolve(f"{internet.address}/song.opus", ResolveConfig()).title == "song"
    found, _ = fetch(f"{internet.address}/song.opus", tmp_path, CONFIG)
    assert found.read_bytes() == clips[0].read_bytes()


@pytest.mark.parametrize("host", [REBOUND, "127.0.0.2", "[::1]"])
def test_what_leads_to_a_private_address_is_refused_when_it_connects(
    internet: Place, lan: Place, host: str
) -> None:
    with pytest.raises(SourceError, match="leads to a place that is not public"):
        resolve(f"http://{host}:{lan.server.server_port}/secret.opus", ResolveConfig())
    assert lan.asked == []


def test_a_redirect_to_a_private_address_is_not_followed(
    internet: Place, lan: Place, tmp_path: Path
) -> None:
    internet.redirects["/song.opus"] = f"{lan.address}/secret.opus"
    with pytest.raises(SourceError, match=r"not public \(127\.0\.0\.2 is"):
        resolve(f"{internet.address}/song.opus", ResolveConfig())
    with pytest.raises(TrackError, match=r"not public \(127\.0\.0\.2 is"):
        fetch(f"{internet.address}/song.opus", tmp_path, CONFIG)
    assert internet.asked
    assert lan.asked == []


def test_a_playlist_of_segments_leads_to_no_private_address(
    internet: Place, lan: Place, tmp_path: Path
) -> None:
    for target in (f"{lan.address}/secret.opus", "file:///etc/passwd"):
        body = PLAYLIST.format(target).encode()
        internet.pages["/song.m3u8"] = ("application/vnd.apple.mpegurl", body)
        with pytest.raises(TrackError):
            fetch(f"{internet.address}/song.m3u8", tmp_path, CONFIG)
    assert lan.asked == []


def test_a_feed_leads_to_no_private_address_and_no_file_of_this_machine(
    internet: Place, lan: Place, clips: list[Path], tmp_path: Path
) -> None:
    urls = [f"{lan.address}/secret.opus", clips[0].as_uri(), "arrow:///data?column=audio&row=0"]
    items = [ITEM.format(title="x", name=url, url=url, length=1) for url in urls]
    feed = FEED.format(items="".join(items).replace("&row", "&amp;row")).encode()
    internet.pages["/feed.xml"] = ("application/rss+xml", feed)
    tracks = resolve(f"{internet.address}/feed.xml", ResolveConfig()).tracks
    assert [track.url.removeprefix("unsafe:") for track in tracks] == urls
    for track, why in zip(tracks, ("not public", '"unsafe"', '"unsafe"'), strict=True):
        with pytest.raises(TrackError, match=why):
            fetch(track.url, tmp_path, CONFIG)
    assert lan.asked == []
