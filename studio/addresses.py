"""Addresses that the service may be sent to: public ones only."""

import ipaddress
import socket
from urllib.parse import urlsplit

from studio.errors import UnusableError

TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""NAT64: such an address means an IPv4 one."""


def check_public(url: str) -> None:
    """Refuse what is no public web address.

    The name is resolved here and again by whoever fetches it, and a site may redirect: this
    keeps honest mistakes and simple tricks out. `studio.fetch` connects to nothing else.

    Raises:
        UnusableError: It is none, its host cannot be found, or one of the host's addresses is
            not public.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        parts, port = urlsplit(""), 443
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UnusableError(f"{url!r} is no web address", "Give one with https:// or http://")
    public_addresses(parts.hostname, port)


def public_addresses(host: str, port: int) -> list[str]:
    """Return the addresses of a host, all of which are public.

    Raises:
        UnusableError: It cannot be found, or one of them is not public.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnusableError(
            f"the host {host!r} cannot be found", "See whether the address is right"
        ) from error
    addresses = [str(address[0]) for *_, address in found]
    for address in addresses:
        if not _is_public(address):
            raise UnusableError(
                f"{host!r} is at {address}, which is not public",
                "Give the address of a public site",
            )
    return addresses


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return _is_public(str(ip.ipv4_mapped))
        if ip.sixtofour or ip.teredo or ip in TRANSLATED:
            return False
    return ip.is_global and not ip.is_multicast
