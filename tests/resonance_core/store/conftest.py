"""What the tests of buckets share: machines with one bucket, and what travels."""

from collections.abc import Callable
from pathlib import Path

import pytest

from resonance_core.store.bucket import Bucket
from resonance_core.store.bucket_store import BucketStore


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

    def count_download(self: Bucket, name: str, path: Path) -> bool:
        names.append(name)
        return download(self, name, path)

    monkeypatch.setattr(Bucket, "upload", count_upload)
    monkeypatch.setattr(Bucket, "download", count_download)
    return names
