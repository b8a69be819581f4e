"""YouTube Music on the loopback interface, as its web client sees it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from resonance_core.sources.matching import youtube_music

DOT = {"text": " • "}
HOME = '<script>ytcfg.set({"VISITOR_DATA": "visitor"});</script>'


def item(
    video: str, title: str, artist: str, length: str | None = "3:20", *, available: bool = True
) -> dict[str, Any]:
    """Return one song or video as a search answers it; the artist may be several, with commas."""
    artists = [
        {"text": name, "navigationEndpoint": {"browseEndpoint": {"browseId": "UCx"}}}
        for name in artist.split(", ")
    ]
    runs = [artists[0]]
    for name in artists[1:]:
        runs += [{"text": " & "}, name]
    if length:
        runs += [DOT, {"text": length}]
    policy = "MUSIC_ITEM_RENDERER_DISPLAY_POLICY_GREY_OUT"
    return {
        **({} if available else {"musicItemRendererDisplayPolicy": policy}),
        "flexColumns": [
            {"musicResponsiveListItemFlexColumnRenderer": {"text": {"runs": part}}}
            for part in ([{"text": title}], runs)
        ],
        "overlay": {
            "musicItemThumbnailOverlayRenderer": {
                "content": {
                    "musicPlayButtonRenderer": {
                        "playNavigationEndpoint": {"watchEndpoint": {"videoId": video}}
                    }
                }
            }
        },
    }


def answer(kinds: str, items: list[dict[str, Any]]) -> str:
    """Return what a search answers; without a result, only a message."""
    shelf = {
        "title": {"runs": [{"text": kinds.title()}]},
        "contents": [{"musicResponsiveListItemRenderer": one} for one in items],
        "continuations": [{"nextContinuationData": {"continuation": "more"}}],
    }
    message = {"contents": [{"messageRenderer": {"text": {"runs": [{"text": "No results"}]}}}]}
    section = {"musicShelfRenderer": shelf} if items else {"itemSectionRenderer": message}
    tab = {"tabRenderer": {"content": {"sectionListRenderer": {"contents": [section]}}}}
    return json.dumps({"contents": {"tabbedSearchResultsRenderer": {"tabs": [tab]}}})


class Catalogue:
    """What the server answers.

    Attributes:
        songs: Items by query.
        videos: Items by query.
        searches: The queries asked for, in order, each with what was searched for.
        failures: Statuses and bodies of the next answers, before any real one.
    """

    def __init__(self) -> None:
        self.songs: dict[str, list[dict[str, Any]]] = {}
        self.videos: dict[str, list[dict[str, Any]]] = {}
        self.searches: list[tuple[str, str]] = []
        self.failures: list[tuple[int, str]] = []
        catalogue = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.reply(200, HOME)

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.reply(*catalogue.reply(asked["query"], asked["params"]))

            def reply(self, status: int, text: str) -> None:
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Retry-After", "3600")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def reply(self, query: str, params: str) -> tuple[int, str]:
        kinds = "songs" if params.startswith("EgWKAQII") else "videos"
        self.searches.append((query, kinds))
        if self.failures:
            return self.failures.pop(0)
        found = self.songs if kinds == "songs" else self.videos
        return 200, answer(kinds, found.get(query, []))

    def stop(self) -> None:
        """Refuse connections from now on."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def catalogue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    """Serve a catalogue in the place of YouTube Music until the end of the block."""
    served = Catalogue()

    class Loopback(HTTPAdapter):
        def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
            assert request.url is not None
            request.url = request.url.replace("https://music.youtube.com", served.address)
            return super().send(request, *args, **kwargs)

    monkeypatch.setattr(youtube_music, "HTTPAdapter", Loopback)
    monkeypatch.setattr(youtube_music, "BACKOFF_S", 0.0)
    try:
        yield served
    finally:
        served.stop()
