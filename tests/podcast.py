"""A podcast's web server on the loopback interface, with real music for episodes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
<title>Evening radio</title>{items}</channel></rss>"""
ITEM = """<item><title>{title}</title><guid>{name}</guid><itunes:duration>45</itunes:duration>
<enclosure url="{url}" type="audio/ogg" length="{length}"/></item>"""


class Podcast:
    """What the server answers, by path, and what it was asked for.

    Attributes:
        address: The server's root URL.
        requests: The paths asked for, in order.
    """

    def __init__(self) -> None:
        self.requests: list[str] = []
        self._answers: dict[str, tuple[bytes, str, int, int]] = {}
        podcast = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                podcast.requests.append(self.path)
                missing = (b"", "text/plain", HTTPStatus.NOT_FOUND, 0)
                body, kind, status, length = podcast._answers.get(self.path, missing)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(length))
                self.end_headers()
                with suppress(ConnectionError):  # whoever only wants the headers hangs up
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def answer(
        self,
        path: str,
        body: bytes,
        kind: str = "audio/ogg",
        status: int = HTTPStatus.OK,
        length: int | None = None,
    ) -> str:
        """Set the answer for a path and return its URL."""
        self._answers[path] = (body, kind, status, len(body) if length is None else length)
        return self.address + path

    def feed(self, clips: list[Path]) -> str:
        """Serve clips as the episodes of a feed and return the feed's URL."""
        items = ""
        for clip in clips:
            url = self.answer(f"/{clip.name}", clip.read_bytes())
            items += ITEM.format(
                title=clip.stem.title(), name=clip.stem, url=url, length=clip.stat().st_size
            )
        return self.answer("/feed.xml", FEED.format(items=items).encode(), "application/rss+xml")

    def stop(self) -> None:
        """Refuse connections from now on."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def serving() -> Iterator[Podcast]:
    """Serve a podcast until the end of the block."""
    podcast = Podcast()
    try:
        yield podcast
    finally:
        podcast.stop()
