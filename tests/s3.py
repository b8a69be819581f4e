"""Real S3 servers on loopback, rclone on a folder and moto, and an empty place in each."""

import itertools
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from resonance_core.store.bucket import Bucket, open_bucket

ACCESS_KEY, SECRET_KEY = "resonance", "loopback"
BUCKET = "shared"
PROGRAMS = Path(sys.executable).parent
places = (f"s3://{BUCKET}/test-{number}" for number in itertools.count())


class S3Server:
    """A server that can be killed and started again at the same address.

    Attributes:
        url: Where it answers.
    """

    def __init__(self, command: Sequence[str], port_option: str) -> None:
        self._command = command
        self._port_option = port_option
        self.url = ""

    def start(self) -> None:
        """Start it, and return when it answers."""
        port = str(urlsplit(self.url).port or 0)
        self._process = subprocess.Popen(
            [*self._command, self._port_option.format(port)],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        printed = self._process.stderr
        assert printed is not None
        addresses = (re.search(r"http://127\.0\.0\.1:\d+", line) for line in printed)
        self.url = next(found[0] for found in addresses if found is not None)
        # Read on, or it would stop when the pipe is full.
        threading.Thread(target=printed.read, daemon=True).start()

    def kill(self) -> None:
        """Kill it, whatever it does."""
        self._process.kill()
        self._process.wait()


def rclone_server(folder: Path) -> S3Server:
    """Return a server whose buckets are the folders of a folder."""
    keys = f"--auth-key={ACCESS_KEY},{SECRET_KEY}"
    command = [str(PROGRAMS / "rclone"), "serve", "s3", keys, str(folder)]
    return S3Server(command, "--addr=127.0.0.1:{}")


def moto_server() -> S3Server:
    """Return a server that keeps everything in its memory, and takes any credentials."""
    return S3Server([str(PROGRAMS / "moto_server"), "-H", "127.0.0.1"], "-p{}")


@pytest.fixture(scope="session")
def rclone_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder whose one folder is the bucket of `rclone`."""
    folder = tmp_path_factory.mktemp("rclone")
    (folder / BUCKET).mkdir()
    return folder


@pytest.fixture(scope="session")
def rclone(rclone_folder: Path) -> Iterator[S3Server]:
    """A server on a folder; who kills it starts it again."""
    server = rclone_server(rclone_folder)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def moto() -> Iterator[S3Server]:
    """A server in memory, with a bucket."""
    server = moto_server()
    server.start()
    urlopen(Request(f"{server.url}/{BUCKET}", method="PUT"))
    yield server
    server.kill()


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The environment that lets clients in, lets them give up soon, and holds their caches."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)


def empty_place(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have the environment name a server, and return a URL in its bucket."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    return next(places)


@pytest.fixture(params=["rclone", "moto"])
def bucket_url(
    request: pytest.FixtureRequest, credentials: None, monkeypatch: pytest.MonkeyPatch
) -> str:
    """A place in an empty bucket, of each server in turn."""
    return empty_place(request.getfixturevalue(request.param), monkeypatch)


@pytest.fixture
def rclone_url(rclone: S3Server, credentials: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """A place in an empty bucket of `rclone`."""
    return empty_place(rclone, monkeypatch)


@pytest.fixture
def bucket(bucket_url: str) -> Bucket:
    """An empty bucket, of each server in turn."""
    return open_bucket(bucket_url)
