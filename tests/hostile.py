"""A web server on the loopback interface that does everything to a download but serve it."""

import gzip
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from pathlib import Path

ZEROS = bytes(1 << 16)
PAGE = b"<!DOCTYPE html><html><head><title>Songs</title></head><body>"
BOMB = gzip.compress(PAGE + bytes(40_000_000), 1)
LINE = b"<p>no song, no song, no song, no song</p>\n"


class Hostile:
    """What a hostile host does, by path.

    Attributes:
        address: The server's root URL.
        clip: The one good audio file it has.
    """

    def __init__(self, clip: Path) -> None:
        self.clip = clip.read_bytes()
        self.stopped = threading.Event()
        self._asked: dict[str, threading.Event] = {}
        self._visits: dict[str, int] = {}
        hostile = self

        class Handler(_Handler):
            host = hostile

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def asked(self, path: str) -> threading.Event:
        """Return what is set once a path has been asked for."""
        return self._asked.setdefault(path, threading.Event())

    def visit(self, path: str) -> int:
        """Count a visit of a path, and return how many there were before."""
        self.asked(path).set()
        before = self._visits.get(path, 0)
        self._visits[path] = before + 1
        return before

    def stop(self) -> None:
        """Hang up on everybody."""
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    host: Hostile

    def do_GET(self) -> None:
        behave = getattr(self, self.path[1:].partition(".")[0].replace("-", "_"))
        with suppress(ConnectionError):
            behave(self.host.visit(self.path))

    def log_message(self, *_: object) -> None:
        pass

    def head(self, status: int, **headers: str) -> None:
        """Send the head of an answer; a header's name has _ for -."""
        self.send_response(status)
        for name, value in ({"Content_Type": "audio/ogg"} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send an answer."""
        self.head(status, **{"Content_Length": str(len(body))} | headers)
        self.wfile.write(body)

    def stream(self, pieces: Iterable[bytes], **headers: str) -> None:
        """Send pieces until there are none, or everybody has hung up."""
        self.head(200, **headers)
        for piece in pieces:
            if self.host.stopped.is_set():
                return
            self.wfile.write(piece)

    def slowly(self, body: bytes) -> Iterator[bytes]:
        """Yield a little of a body, and then two bytes a second."""
        yield body[:1000]
        for byte in body[1000:]:
            self.host.stopped.wait(0.5)
            yield bytes([byte])

    def good(self, _: int) -> None:
        self.answer(200, self.host.clip)

    def unlabelled(self, _: int) -> None:
        self.answer(200, self.host.clip, Content_Type="application/octet-stream")

    def mislabelled(self, _: int) -> None:
        self.answer(200, self.host.clip, Content_Type="text/html")

    def forbidden(self, _: int) -> None:
        self.answer(403)

    def gone(self, _: int) -> None:
        self.answer(404)

    def broken(self, _: int) -> None:
        self.answer(500)

    def busy(self, before: int) -> None:
        """Ask for a second of patience, once."""
        if before:
            self.answer(200, self.host.clip)
        else:
            self.answer(429, Retry_After="1")

    def busy_until(self, before: int) -> None:
        """Ask for patience until a date, once."""
        if before:
            self.answer(200, self.host.clip)
        else:
            soon = format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)
            self.answer(503, Retry_After=soon)

    def busy_for_an_hour(self, _: int) -> None:
        self.answer(429, Retry_After="3600")

    def silent(self, _: int) -> None:
        self.host.stopped.wait()

    def silent_in_headers(self, _: int) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Ty")
        self.host.stopped.wait()

    def silent_in_body(self, _: int) -> None:
        half = self.host.clip[: len(self.host.clip) // 2]
        self.answer(200, half, Content_Length=str(len(self.host.clip)))
        self.host.stopped.wait()

    def trickling(self, _: int) -> None:
        length = str(len(self.host.clip))
        self.stream(self.slowly(self.host.clip), Content_Length=length)

    def truncated(self, _: int) -> None:
        half = self.host.clip[: len(self.host.clip) // 2]
        self.answer(200, half, Content_Length=str(len(self.host.clip)))

    def empty(self, _: int) -> None:
        self.answer(200)

    def page(self, _: int) -> None:
        self.answer(200, PAGE, Content_Type="text/html")

    def page_as_audio(self, _: int) -> None:
        self.answer(200, PAGE)

    def endless_page(self, _: int) -> None:
        self.stream(chain((PAGE,), repeat(LINE * 1000)), Content_Type="text/html")

    def trickling_page(self, _: int) -> None:
        self.stream(self.slowly(PAGE * 1000), Content_Type="text/html")

    def endless(self, _: int) -> None:
        self.stream(repeat(ZEROS), Content_Type="audio/mpeg")

    def huge(self, _: int) -> None:
        count = 3 * 10**9 // len(ZEROS)
        length = str(count * len(ZEROS))
        self.stream(repeat(ZEROS, count), Content_Type="audio/mpeg", Content_Length=length)

    def circle(self, _: int) -> None:
        self.answer(302, Location=self.path)

    def bomb(self, _: int) -> None:
        self.answer(200, BOMB, Content_Encoding="gzip")

    def page_bomb(self, _: int) -> None:
        self.answer(200, BOMB, Content_Type="text/html", Content_Encoding="gzip")


@contextmanager
def hostile(clip: Path) -> Iterator[Hostile]:
    """Be hostile until the end of the block."""
    host = Hostile(clip)
    try:
        yield host
    finally:
        host.stop()
