"""Opening a store by its location."""

from pathlib import Path

import platformdirs

from resonance_core.errors import ConfigError
from resonance_core.keys import sha256_text
from resonance_core.store.store import Store

S3 = "s3://"


def open_store(location: str) -> Store:
    """Return the store at a location.

    Args:
        location: A folder, which need not exist, or ``s3://bucket/prefix``, a bucket that must.

    Raises:
        ConfigError: The location is of a kind that no store can be at; or there is no such
            bucket, or no credentials that it takes.
        StoreError: The bucket does not answer.
    """
    if not location.startswith(S3):
        return open_folder(location)
    # Here, for the libraries of S3 take half a second to import.
    from resonance_core.store.bucket import open_bucket
    from resonance_core.store.bucket_store import BucketStore

    bucket = open_bucket(location)
    digest = sha256_text(bucket.url)[:16]
    return BucketStore(bucket, platformdirs.user_cache_path("resonance") / "buckets" / digest)


def open_folder(location: str) -> Store:
    """Return the store in a folder.

    Raises:
        ConfigError: The location is no folder's, a file is in its place, or it starts from the home
            of somebody who is not known.
    """
    if "://" in location:
        raise ConfigError(
            f"{location!r} is no folder",
            "Choose one with --store or RESONANCE_STORE; a bucket to work in is s3://BUCKET/PREFIX",
        )
    try:
        folder = Path(location).expanduser()
    except RuntimeError as error:
        raise ConfigError(
            f"{location!r} is no folder: there is no such home",
            "Choose another place with --store or RESONANCE_STORE",
        ) from error
    there = next((path for path in (folder, *folder.absolute().parents) if path.exists()), folder)
    if there.exists() and not there.is_dir():
        raise ConfigError(
            f"the store {location!r} cannot be a folder: {there} is a file",
            "Choose another place with --store or RESONANCE_STORE",
        )
    return Store(folder)
