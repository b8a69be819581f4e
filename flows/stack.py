"""The stack of this machine: a Prefect server, a work pool with its worker, and the deployments."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import platformdirs
from filelock import FileLock
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.settings import PREFECT_API_URL, PREFECT_SERVER_API_PORT, temporary_settings

from flows.stack_processes import Part
from flows.stack_server import POOL, cancel_runs, close_lost_runs, has_worker, prepare
from resonance_core.errors import ConfigError, ResonanceError

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
STARTS_S = 120.0
"""How long the server or the worker may take to start, in seconds."""
ENDS_S = 45.0
"""How long runs, the worker or the server may take to end, in seconds; Prefect gives runs 30."""


class StackError(ResonanceError):
    """A part of the stack that does not start."""


class Stack:
    """The server and the worker of this machine.

    Attributes:
        url: Where the server listens.
        server: Prefect's server.
        worker: Prefect's worker, and the flow runs that it started.
    """

    def __init__(self) -> None:
        own = platformdirs.user_data_path("resonance") / "prefect"
        home = Path(os.environ.get("PREFECT_HOME") or own).expanduser().absolute()
        home.mkdir(parents=True, exist_ok=True)
        self.url = _url()
        self._alone = FileLock(home / "stack.lock")
        self._environment = {
            "PREFECT_HOME": str(home),
            "PREFECT_API_URL": str(self.url.join("/api")),
            "PREFECT_SERVER_API_HOST": HOST,
            "PREFECT_SERVER_API_PORT": str(self.url.port),
            # Version 2 has the browser ask another host for how to report on its user.
            "PREFECT_SERVER_UI_V2_ENABLED": "false",
            "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
            # In memory, the slots that runs hold would stay taken if the server died.
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
                "prefect.server.concurrency.lease_storage.filesystem"
            ),
            # How often a task asks for the GPU again; by default it lies idle for up to 39 s.
            "PREFECT_SERVER_CONCURRENCY_MAXIMUM_CONCURRENCY_SLOT_WAIT_SECONDS": "0.5",
        }
        pool = ("--pool", POOL, "--type", "process", "--name", socket.gethostname())
        self.server = Part("server", "server", "start", home=home)
        self.worker = Part("worker", "worker", "start", *pool, home=home)

    def start(self) -> None:
        """Start what does not run yet, and bring the deployments up to date.

        Raises:
            ConfigError: Another program has the server's port.
            StackError: A part does not start.
        """
        with self._alone, self._client() as client:
            if self.server.started_at() is None:
                _check_free(self.url)
                self.server.start(ROOT, self._environment)
            _wait(self.server, lambda _: client.api_healthcheck() is None)
            prepare(client)
            self._deploy()
            if self.worker.started_at() is None:
                self.worker.stop(ENDS_S)  # what one that died left
                close_lost_runs(client)
                self.worker.start(ROOT, self._environment)
            _wait(self.worker, lambda since: has_worker(client, since))

    def stop(self) -> None:
        """Cancel the runs that go on, and stop everything."""
        with self._alone, self._client() as client:
            answers = self.server.started_at() and client.api_healthcheck() is None
            if answers and self.worker.started_at():
                cancel_runs(client, ENDS_S)
            self.worker.stop(ENDS_S)
            if answers:
                close_lost_runs(client)
            self.server.stop(ENDS_S)

    @contextmanager
    def _client(self) -> Iterator[SyncPrefectClient]:
        with (
            temporary_settings({PREFECT_API_URL: self._environment["PREFECT_API_URL"]}),
            get_client(sync_client=True) as client,
        ):
            yield client

    def _deploy(self) -> None:
        run = subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"],
            cwd=ROOT,
            env={**os.environ, **self._environment},
            capture_output=True,
            text=True,
        )
        if run.returncode:
            raise StackError(f"the deployments cannot be made: {run.stdout}{run.stderr}".strip())


def _wait(part: Part, ready: Callable[[float], bool]) -> None:
    deadline = time.monotonic() + STARTS_S
    while (since := part.started_at()) is not None and time.monotonic() < deadline:
        if ready(since):
            return
        time.sleep(0.2)
    raise StackError(f"the {part.name} does not start", f"See why in {part.log}")


def _url() -> httpx.URL:
    """Return where the server listens: ``PREFECT_API_URL`` without its path, if it is set.

    Raises:
        ConfigError: It is on another machine.
    """
    url = httpx.URL(PREFECT_API_URL.value() or f"http://{HOST}:{PREFECT_SERVER_API_PORT.value()}")
    if url.host not in (HOST, "localhost") or url.scheme != "http" or url.port is None:
        raise ConfigError(
            f"PREFECT_API_URL is {str(url)!r}, a server that is not started here",
            f"Unset it, or say which port to use: http://{HOST}:4200/api",
        )
    return url.copy_with(host=HOST, path="/")


def _check_free(url: httpx.URL) -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, url.port))
        except OSError as error:
            raise ConfigError(
                f"another program listens on port {url.port} of {HOST}",
                "Stop it, or choose another port with PREFECT_SERVER_API_PORT",
            ) from error
