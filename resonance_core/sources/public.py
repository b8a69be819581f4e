"""Public addresses: what strangers name must not lead into the network that this machine is in."""

import ipaddress
import sys
from typing import Any

GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is the public internet (RFC 4291); beside it are NAT64's and other forms of
IPv4 addresses, and the site-local ones, some of which Python calls global."""


class NotPublicError(OSError):
    """A connection that was refused; to whoever asked for it, one that failed."""


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the public internet.

    Raises:
        ValueError: It is no IP address.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour or ip.teredo or ip not in GLOBAL_UNICAST:
            return False
    return ip.is_global and not ip.is_multicast


def connect_to_public_only() -> list[NotPublicError]:
    """Refuse every other connection of this process, until it ends.

    A name may mean another address each time that it is looked up, and a site may redirect: what
    counts is where a connection goes in the end, which Python tells before it is made. Libraries
    that connect without Python's sockets, such as libcurl, are not seen.

    Returns:
        What has been refused so far.
    """
    refused: list[NotPublicError] = []

    def watch(event: str, args: tuple[Any, ...]) -> None:
        if event not in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            return
        address = args[1]
        if address is None:  # a socket that is connected already
            return
        try:
            if is_public(address[0]):
                return
        except (TypeError, ValueError):  # a path of this machine, or a name
            pass
        where = address[0] if isinstance(address, tuple) else address
        refused.append(NotPublicError(f"{where} is not a public address"))
        raise refused[-1]

    sys.addaudithook(watch)
    return refused
