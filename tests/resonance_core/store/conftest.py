"""What the tests of buckets share: servers, a bucket of each test, and machines that use it."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from resonance_core.store.bucket import Bucket, open_bucket
from resonance_core.store.bucket_store import BucketStore
from tests.s3 import ACCESS_KEY, BUCKET, SECRET_KEY, S3Server, moto_server, rclone_server

numbers = itertools.count()


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
    return f"s3://{BUCKET}/test-{next(numbers)}"


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


@pytest.fixture
def machine(bucket: Bucket, tmp_path: Path) -> Callable[[str], BucketStore]:
    """Gives machines with one bucket, by name: each has a local folder of its own."""
    return lambda name: BucketStore(bucket, tmp_path / name)


@pytest.fixture
def travelled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the objects that are sent from files or fetched to files, as they are."""
    names: list[str] = []
    upload, download = Bucket.upload, Bucket.download

    def count_upload(self: Bucket, path: Path, name: str) -> None:
        names.append(name)
        upload(self, path, name)

    def count_download(self: Bucket, name: str, path: Path) -> None:
        names.append(name)
        download(self, name, path)

    monkeypatch.setattr(Bucket, "upload", count_upload)
    monkeypatch.setattr(Bucket, "download", count_download)
    return names
