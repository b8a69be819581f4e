"""The Prefect server of flows that are run from the command line, without one that is set.

Prefect starts such a server by itself, but one that goes on for ever if this process is killed.
"""

import atexit
import functools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from prefect.context import refresh_global_settings_context
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS,
    temporary_settings,
)

from resonance_core.errors import ResonanceError

STOPS_S = 10.0
"""How long a server may take to end, in seconds."""


class ServerError(ResonanceError):
    """A Prefect server that cannot be had."""


_own: subprocess.Popen[str] | None = None


def launch_server() -> None:
    """Start a server of this process if none is set, and do not wait for it."""
    global _own
    if PREFECT_API_URL.value() or _own is not None:
        return
    _own = subprocess.Popen(
        [sys.executable, "-m", "flows.server_process"],
        stdin=subprocess.PIPE,  # it ends when this closes, which the kernel sees to
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the flow, which has something to tell it then
    )
    # Registered before Prefect's own, and so called after they have sent their last events.
    atexit.register(_stop, _own)


@contextmanager
def server_of_this_process() -> Iterator[None]:
    """Have flows in the context report to the server that is set, or to one of this process."""
    launch_server()
    if _own is None:
        yield
        return
    # A server that ends with this process looks for no lost runs, and the heartbeat that would
    # tell it of them holds the flow's end up by as much as a second.
    with temporary_settings(
        {PREFECT_API_URL: _address(_own), PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
    ):
        yield


@functools.cache
def _address(server: subprocess.Popen[str]) -> str:
    """Wait for a server, and have all of this process report to it."""
    assert server.stdout is not None
    api = f"http://127.0.0.1:{server.stdout.readline().strip()}/api"
    timeout_s = PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS.value()
    try:
        httpx.get(f"{api}/health", timeout=timeout_s).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        within = f" within {timeout_s} s" if isinstance(error, httpx.TimeoutException) else ""
        raise ServerError(
            f"Prefect's server did not start{within} ({error})",
            "See what it says, or set PREFECT_API_URL to one that runs",
        ) from error
    # Not only in a context: Prefect's threads read the settings of the whole process.
    os.environ["PREFECT_API_URL"] = api
    refresh_global_settings_context()
    return api


def _stop(server: subprocess.Popen[str]) -> None:
    server.terminate()
    try:
        server.wait(STOPS_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
