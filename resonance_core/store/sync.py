"""A store's folder synced with a bucket: only what is missing travels, and all is checked."""

from functools import partial

from pydantic import BaseModel

from resonance_core.store.bucket import in_parallel, open_bucket
from resonance_core.store.files import file_errors_in_words
from resonance_core.store.layout import is_record, is_small_file
from resonance_core.store.store import Store
from resonance_core.store.sync_artifacts import pull_artifact, push_artifact
from resonance_core.store.sync_small_files import pull_small_file, push_small_file
from resonance_core.store.transfer import Moved


class Synced(BaseModel):
    """What a sync did."""

    artifacts: int
    """Those of which something travelled."""
    there: int
    """Artifacts that were whole on the other side."""
    small_files: int
    """Those that travelled, such as playlists' entries."""
    files: int
    """All that travelled: those of artifacts, their records, and small ones."""
    bytes: int
    """Of all that travelled."""
    damaged: list[str]
    """Which artifacts were left out, because they are not what their records say."""


def push(store: Store, url: str) -> Synced:
    """Send what a bucket lacks of a store's folder.

    Args:
        store: A folder.
        url: ``s3://bucket/prefix``.

    Raises:
        ConfigError: There is no such bucket, or it cannot be written with the credentials.
        StoreError: The bucket does not answer. What has arrived stays; another push goes on with
            the rest.
    """
    bucket = open_bucket(url)
    there = bucket.objects()
    with file_errors_in_words(store.root.absolute()):
        return _total(
            in_parallel(partial(push_artifact, store, bucket, there), store.record_names()),
            in_parallel(partial(push_small_file, store, bucket, there), store.small_files()),
        )


def pull(store: Store, url: str) -> Synced:
    """Fetch what a store's folder lacks of a bucket.

    Args:
        store: A folder.
        url: ``s3://bucket/prefix``.

    Raises:
        ConfigError: There is no such bucket, or it cannot be read with the credentials.
        StoreError: The bucket does not answer, or the folder cannot be written. What has arrived
            stays; another pull goes on with the rest.
    """
    bucket = open_bucket(url)
    there = bucket.objects()
    with file_errors_in_words(store.root.absolute()):
        return _total(
            in_parallel(partial(pull_artifact, store, bucket), filter(is_record, there)),
            in_parallel(
                partial(pull_small_file, store, bucket, there), filter(is_small_file, there)
            ),
        )


def _total(artifacts: list[Moved], small_files: list[Moved]) -> Synced:
    every = [*artifacts, *small_files]
    return Synced(
        artifacts=sum(moved.files > 0 for moved in artifacts),
        there=sum(moved == Moved() for moved in artifacts),
        small_files=sum(moved.files for moved in small_files),
        files=sum(moved.files for moved in every),
        bytes=sum(moved.bytes for moved in every),
        damaged=[moved.damaged for moved in artifacts if moved.damaged],
    )
