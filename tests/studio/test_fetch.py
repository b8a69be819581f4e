"""Fetching, where a server on loopback counts as public and all else is as it is."""

import asyncio
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
import trustme

from studio import addresses, fetch
from studio.errors import TooLargeError, UnusableError
from studio.fetch import PublicTransport


class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.headers["Host"].partition(":")[0], self.path))
        where = {
            "/away": "http://10.0.0.1/secret",
            "/back": "/sound",
            "/file": "file:///etc/passwd",
            "/round": "/round",
        }
        if self.path in where:
            self.send_response(302)
            self.send_header("Location", where[self.path])
            self.end_headers()
        elif self.path == "/sound":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"x" * 5000)
        else:
            self.send_error(404)

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    """A server, and what it was asked for."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def names(monkeypatch):
    """Lets names lead to addresses, each time to the next; loopback counts as public."""
    real, is_public = socket.getaddrinfo, addresses.is_public
    known: dict[str, list[str]] = {}

    def resolve(host, port, *rest, **options):
        if (left := known.get(host)) is None:
            return real(host, port, *rest, **options)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(addresses, "is_public", lambda one: one == "127.0.0.1" or is_public(one))
    return known


def get(url: str, target, max_bytes: int = 10_000) -> bytes:
    asyncio.run(fetch.fetch(url, target, max_bytes))
    return target.read_bytes()


def test_what_is_at_a_public_address_is_fetched_by_its_name(site, names, tmp_path):
    names["music.example"] = ["127.0.0.1"]
    url = f"http://music.example:{site.server_port}"
    assert get(f"{url}/back", tmp_path / "sound") == b"x" * 5000
    assert site.asked == [("music.example", "/back"), ("music.example", "/sound")]


def test_a_redirect_to_what_is_not_public_is_not_followed(site, names, tmp_path):
    url = f"http://127.0.0.1:{site.server_port}"
    for path, words in (
        ("/away", "10.0.0.1, which is not public"),
        ("/file", "is no web address"),
        ("/round", "redirects"),
        ("/none", "answered 404"),
    ):
        with pytest.raises(UnusableError, match=words):
            get(url + path, tmp_path / "sound")
    with pytest.raises(UnusableError, match="is no web address"):
        get("ftp://music.example/sound", tmp_path / "sound")


def test_a_name_that_leads_elsewhere_a_moment_later_leads_nowhere(site, names, tmp_path):
    names["rebound.example"] = ["8.8.8.8", "10.0.0.1"]
    assert addresses.public_addresses("rebound.example", 80) == ["8.8.8.8"]  # as it was checked
    with pytest.raises(UnusableError, match=r"10\.0\.0\.1, which is not public"):
        get(f"http://rebound.example:{site.server_port}/sound", tmp_path / "sound")
    assert site.asked == []


def test_more_bytes_than_are_taken_are_not_waited_for(site, names, tmp_path):
    with pytest.raises(TooLargeError, match="larger than 1000 bytes"):
        get(f"http://127.0.0.1:{site.server_port}/sound", tmp_path / "sound", 1000)


def test_a_certificate_is_still_the_names(site, names, monkeypatch):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("music.example").configure_cert(context)
    site.socket = context.wrap_socket(site.socket, server_side=True)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    names |= {"music.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]}

    async def ask(host: str) -> int:
        transport = PublicTransport()
        transport._transport = httpx.AsyncHTTPTransport(verify=trusting)
        async with httpx.AsyncClient(transport=transport) as client:
            return (await client.get(f"https://{host}:{site.server_port}/sound")).status_code

    assert asyncio.run(ask("music.example")) == 200
    with pytest.raises(httpx.ConnectError, match=r"other\.example"):
        asyncio.run(ask("other.example"))
