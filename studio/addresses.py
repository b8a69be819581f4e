"""Addresses that the service may be sent to: public ones only."""

import socket
from urllib.parse import urlsplit

from resonance_core.sources.public import is_public
from studio.errors import UnusableError


def check_public(url: str) -> None:
    """Refuse what is no public web address, before anything is started for it.

    The name may mean another address a moment later, and a site may redirect: whatever fetches it
    looks at each connection once more (see `RuntimeConfig.public_only` and `studio.fetch`).

    Raises:
        UnusableError: It is none, its host cannot be found, or one of the host's addresses is
            not public.
    """
    try:
        # Some parsers pass over what others stop at.
        parts = urlsplit(url if url.isprintable() and " " not in url else "")
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
        if not is_public(address):
            raise UnusableError(
                f"{host!r} is at {address}, which is not public",
                "Give the address of a public site",
            )
    return addresses
