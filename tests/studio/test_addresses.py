import socket

import pytest

from studio.addresses import check_public
from studio.errors import UnusableError


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "localhost"),
        *("10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1"),
        *("[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]"),
        *("[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
    ],
)
def test_an_address_that_is_not_public_is_refused(host):
    with pytest.raises(UnusableError, match="which is not public"):
        check_public(f"http://{host}:8000/playlist")


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "/etc/passwd", "ftp://8.8.8.8/x", "http://", "http://[", "--help", "x"],
)
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(UnusableError, match="is no web address"):
        check_public(url)


def test_a_name_is_refused_if_any_of_its_addresses_is_not_public(monkeypatch):
    def at(*addresses: str) -> None:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    at("8.8.8.8", "2606:4700::1111")
    check_public("https://music.example/list")
    at("8.8.8.8", "10.0.0.1")
    with pytest.raises(UnusableError, match=r"10\.0\.0\.1"):
        check_public("https://music.example/list")
