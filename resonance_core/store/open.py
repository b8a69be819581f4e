"""Opening a store by its location."""

from pathlib import Path

import platformdirs

from resonance_core.errors import ConfigError
from resonance_core.keys import sha256_text
from resonance_core.store.store import Store


def open_store(location: str) -> Store:
    """Return the store at a location.

    Args:
        location: A folder, which need not exist, or ``s3://bucket/prefix``, a bucket that must.

    Raises:
        ConfigError: The location is of a kind that no store can be at; or there is no such
            bucket, or no credentials that it takes.
        StoreError: The bucket does not answer.
    """
    if location.startswith("s3://"):
        # Here, for the libraries of S3 take half a second to import.
        from resonance_core.store.bucket import open_bucket
        from resonance_core.store.bucket_store import BucketStore

        bucket = open_bucket(location)
        digest = sha256_text(bucket.url)[:16]
        return BucketStore(bucket, platformdirs.user_cache_path("resonance") / "buckets" / digest)
    if "://" in location:
        raise ConfigError(
            f"{location!r} cannot be a store", "Name a folder, or a bucket as s3://bucket/prefix"
        )
    return Store(Path(location))
