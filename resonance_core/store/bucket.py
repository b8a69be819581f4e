"""A bucket: named objects on S3, and its errors in words."""

import functools
import os
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from s3fs import S3FileSystem

from resonance_core.errors import ConfigError
from resonance_core.store.bucket_errors import code_of, s3_errors_in_words

URL = re.compile(r"s3://(?P<bucket>[^/]+)(?P<prefix>/.*)?")
PART_BYTES = 8 * 2**20
"""A file of two parts or more is sent in parts, several at once."""
PARTS_AT_ONCE = 4
TRANSFERS_AT_ONCE = 8
TRIES = 2
"""Of a request, each with the retries of botocore (three, or ``AWS_MAX_ATTEMPTS``)."""

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Listed:
    """What a listing tells about an object.

    Attributes:
        size: In bytes.
        etag: Changes with the content. It is the MD5 of the content, or of its parts' MD5s, unless
            the bucket encrypts it with a key of the customer's.
        modified: When it was written, by the server's clock.
    """

    size: int
    etag: str
    modified: datetime


class Bucket:
    """The objects of a bucket below a prefix, by their names after it.

    Credentials, endpoint, region and profile are those of the environment, as for all of AWS's
    tools. Every method raises `ConfigError` where these, or the bucket's name, are at fault, and
    `StoreError` where the bucket does not answer or refuses.

    Attributes:
        url: ``s3://bucket/prefix``.
    """

    def __init__(self, url: str) -> None:
        if (parts := URL.fullmatch(url)) is None:
            raise ConfigError(f"{url!r} names no bucket", "Name one, as in s3://bucket/prefix")
        self._bucket = parts["bucket"]
        self._prefix = (parts["prefix"] or "").strip("/")
        self.url = f"s3://{self._bucket}/{self._prefix}".rstrip("/")
        self._s3 = _client(_surroundings())

    def check(self) -> None:
        """Ask for nothing in particular, to see that the bucket answers."""
        with s3_errors_in_words(self.url, "read"):
            self._s3.call_s3("list_objects_v2", Bucket=self._bucket, Prefix=self._key(), MaxKeys=1)

    def objects(self, prefix: str = "") -> dict[str, Listed]:
        """Return all objects whose names start so, by name."""
        return {
            row["Key"].removeprefix(self._key()): Listed(
                size=row["Size"], etag=row["ETag"].strip('"'), modified=row["LastModified"]
            )
            for page in self._pages(Prefix=self._key(prefix))
            for row in page.get("Contents", ())
        }

    def folders(self) -> list[str]:
        """Return the first parts of all names that have several."""
        start = self._key()
        return [
            row["Prefix"].removeprefix(start).rstrip("/")
            for page in self._pages(Prefix=start, Delimiter="/")
            for row in page.get("CommonPrefixes", ())
        ]

    def get(self, name: str) -> bytes | None:
        """Return what a small object holds, or None where there is none."""
        with s3_errors_in_words(self.url, "read"), _missing_allowed():
            # With more it would ask for the size first.
            held: bytes = self._s3.cat_file(self._path(name), max_concurrency=1)
            return held
        return None

    def put(self, name: str, content: bytes) -> None:
        """Write a small object in place of what was there."""
        with s3_errors_in_words(self.url, "written"):
            self._s3.pipe_file(self._path(name), content)

    def upload(self, path: Path, name: str) -> None:
        """Write a file's content as an object, which is there when all of it has arrived."""
        with s3_errors_in_words(self.url, "written"):
            self._s3.put_file(
                str(path),
                self._path(name),
                chunksize=PART_BYTES,
                max_concurrency=PARTS_AT_ONCE,
            )

    def download(self, name: str, path: Path) -> bool:
        """Write an object's content to a file, and return whether there is such an object.

        Where it fails, a part of the file stays behind.
        """
        with s3_errors_in_words(self.url, "read"), _missing_allowed():
            self._s3.get_file(
                self._path(name),
                str(path),
                chunksize=PART_BYTES,
                max_concurrency=PARTS_AT_ONCE,
            )
            return True
        return False

    def remove(self, name: str) -> None:
        """Remove an object that may be there."""
        with s3_errors_in_words(self.url, "written"):
            self._s3.rm_file(self._path(name))

    def _key(self, name: str = "") -> str:
        return f"{self._prefix}/{name}" if self._prefix else name

    def _path(self, name: str) -> str:
        return f"{self._bucket}/{self._key(name)}"

    def _pages(self, **query: str) -> Iterable[dict[str, Any]]:
        while True:
            with s3_errors_in_words(self.url, "read"):
                page = self._s3.call_s3("list_objects_v2", Bucket=self._bucket, **query)
            yield page
            if not page.get("IsTruncated"):
                return
            query["ContinuationToken"] = page["NextContinuationToken"]


def open_bucket(url: str) -> Bucket:
    """Return a bucket that answers to what the environment says.

    Raises:
        ConfigError: There is no such bucket, or no credentials that it takes.
        StoreError: It does not answer.
    """
    return _checked(url, _surroundings())


@contextmanager
def _missing_allowed() -> Iterator[None]:
    """Leave the context where there is no such object; but that there is no bucket is an error."""
    try:
        yield
    except FileNotFoundError as error:
        if code_of(error) != "NoSuchKey":
            raise


Surroundings = tuple[int, tuple[tuple[str, str], ...]]
"""What a connection depends on: the process, and AWS's variables in its environment."""


def _surroundings() -> Surroundings:
    aws = sorted(one for one in os.environ.items() if one[0].startswith("AWS_"))
    return os.getpid(), tuple(aws)


@functools.lru_cache(maxsize=64)
def _checked(url: str, _surroundings: Surroundings) -> Bucket:
    bucket = Bucket(url)
    bucket.check()
    return bucket


@functools.lru_cache(maxsize=8)
def _client(_surroundings: Surroundings) -> S3FileSystem:
    client = S3FileSystem(
        skip_instance_cache=True,  # it takes no notice of the environment
        use_listings_cache=False,
        config_kwargs={
            "retries": {"mode": "standard"},
            "read_timeout": 60,
            "max_pool_connections": TRANSFERS_AT_ONCE * PARTS_AT_ONCE,
        },
    )
    client.retries = TRIES
    return client


def in_parallel(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return a function's results in order, computed several at once; the first error ends it."""
    with ThreadPoolExecutor(TRANSFERS_AT_ONCE) as pool:
        futures = [pool.submit(function, item) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
