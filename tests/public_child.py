"""yt-dlp at work where 127.0.0.1 is the internet, and the rest of loopback a private network.

There the name `REBOUND` leads to the private network, whatever it was seen to mean before.
"""

import socket
from typing import Any

from resonance_core.sources import public
from resonance_core.sources.child import serve
from resonance_core.sources.ytdlp_child import answer

REBOUND = "rebound.example"
_look_up = socket.getaddrinfo


def look_up(host: str, *args: Any, **options: Any) -> Any:
    """Return the addresses of a host."""
    return _look_up("127.0.0.2" if host == REBOUND else host, *args, **options)


if __name__ == "__main__":
    socket.getaddrinfo = look_up
    public.is_public = lambda address: address == "127.0.0.1"
    serve(answer)
