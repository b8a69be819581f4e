"""A Prefect server that ends with whoever started it, however that one ends."""

import os
import socket
import sys
import threading

import uvicorn
from filelock import FileLock
from prefect.server.api.server import create_app
from prefect.settings import PREFECT_HOME

GRACE_S = 5
"""How long it may go on to answer what it was asked before, in seconds."""


class _Server(uvicorn.Server):
    """Gets ready one at a time: two that make one database at once both fail at it."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        home = PREFECT_HOME.value()
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / "resonance-startup.lock"):  # it serves nothing yet, so it may block
            await super().startup(sockets)


def main() -> None:
    """Serve on a free port of the loopback interface, print it, and end with standard input."""
    listener = socket.create_server(("127.0.0.1", 0))  # asks wait here until the server is up
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(
        create_app(ephemeral=True, final=True),
        log_level="error",
        lifespan="on",
        timeout_graceful_shutdown=GRACE_S,
    )
    server = _Server(config)
    threading.Thread(target=_end_with_standard_input, args=(server,), daemon=True).start()
    server.run(sockets=[listener])


def _end_with_standard_input(server: uvicorn.Server) -> None:
    sys.stdin.read()
    server.should_exit = True
    threading.Event().wait(2 * GRACE_S)
    os._exit(1)  # its services hang, and nobody is left to tell


if __name__ == "__main__":
    main()
