"""A store in a bucket, which machines share."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from resonance_core.keys import StageRequest, sha256_file
from resonance_core.store.bucket import Bucket, in_parallel
from resonance_core.store.files import remove
from resonance_core.store.layout import file_name, files_folder, is_record, record_name
from resonance_core.store.lease import LEASE_S, leased, owner_of
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store
from resonance_core.store.transfer import DamagedError, fetch, send_missing

Item = TypeVar("Item")
Result = TypeVar("Result")


class BucketStore(Store):
    """Artifacts in a bucket, in the layout of a folder.

    They are made in a local folder and sent from there, and fetched to it when they are first
    read. What is in the bucket counts: the folder may be removed at any time.

    Attributes:
        root: The local folder.
        bucket: The bucket.

    Args:
        bucket: The bucket.
        root: The local folder.
        lease_s: How long a machine that works on something may give no sign, in seconds.
    """

    def __init__(self, bucket: Bucket, root: Path, lease_s: float = LEASE_S) -> None:
        super().__init__(root)
        self.bucket = bucket
        self._local = Store(root)
        self._lease_s = lease_s

    @property
    def owner(self) -> str:
        """This machine and its local folder."""
        return owner_of(self.root)

    def address(self, name: str = "") -> str:
        """Return where a name in the bucket lies, for people."""
        return f"{self.bucket.url}/{name}".rstrip("/")

    def path(self, record: Record, name: str) -> Path:
        """Return the local path of one of an artifact's files, fetching it if it is not there.

        Raises:
            DamagedError: What the bucket holds is not what the record says.
            StoreError: The bucket does not answer.
        """
        target = self._local.path(record, name)
        if not self._holds(record, name):
            with self._in_words(), self.locked(record.request.key):
                if not self._holds(record, name):  # another one may have fetched it meanwhile
                    self._fetch(record, name)
        return target

    def read_whole(self, name: str) -> bytes | None:
        """Return what a small object holds, or None where there is none."""
        return self.bucket.get(name) or None

    def versions_whole(self, folder: str) -> dict[str, str]:
        """Return the names of the small objects in a folder, sorted, each with its version."""
        found = self.bucket.objects(f"{folder}/")
        return {
            name: listed.etag
            for name, listed in sorted(found.items())
            if listed.size and name.rpartition("/")[0] == folder
        }

    def write_whole(self, name: str, text: str) -> None:
        """Replace a small object."""
        self.bucket.put(name, text.encode())

    def forget_whole(self, name: str) -> None:
        """Remove a small object that may be there, and that it was."""
        self.bucket.remove(name)

    def check(self) -> None:
        """See that the bucket and the local folder can be written."""
        super().check()
        probe = f".probe/{self.owner}"
        self.bucket.put(probe, b"")
        self.bucket.remove(probe)

    @contextmanager
    def _making(self, request: StageRequest) -> Iterator[None]:
        with (
            super()._making(request),
            leased(self.bucket, request.key, self.owner, self._lease_s),
        ):
            yield

    def _make(self, request: StageRequest, make: Callable[[Path], dict[str, Any]]) -> Outcome:
        kept = self._local.find(request)
        if kept is not None and not self._local.damages(record_name(request)):
            outcome = Outcome(record=kept, hit=True)  # it was made, but not sent
        else:
            outcome = super()._make(request, make)
        if (other := self.find(request)) is not None:  # by one that took this machine for dead
            return Outcome(record=other, hit=outcome.hit)
        send_missing(self.bucket, outcome.record, self.root)
        return outcome

    def record_names(self, key: str = "") -> list[str]:
        """Return the names of all records whose keys start so, sorted."""
        # By stage, for all activations need not be listed to find a key.
        starts = [f"{stage}/{key}" for stage in self.bucket.folders()]
        found = in_parallel(self.bucket.objects, starts)
        return sorted(name for objects in found for name in objects if is_record(name))

    def _is_whole(self, record: Record) -> bool:
        return self._local.find(record.request) == record or super()._is_whole(record)

    def _sizes(self, record: Record) -> dict[str, int]:
        if not record.files:
            return {}
        objects = self.bucket.objects(f"{files_folder(record.request)}/")
        whole = {name: file_name(record, name) for name in record.files}
        return {name: objects[one].size for name, one in whole.items() if one in objects}

    def _sha256(self, record: Record, name: str) -> str:
        work = f"verify-{record.request.key}"
        copy = self.aside(work)
        with self._in_words(), self.locked(work):
            copy.parent.mkdir(parents=True, exist_ok=True)
            try:
                there = self.bucket.download(file_name(record, name), copy)
                return sha256_file(copy) if there else ""
            finally:
                remove(copy)

    def _each(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterable[Result]:
        return in_parallel(function, items)

    def _holds(self, record: Record, name: str) -> bool:
        path = self._local.path(record, name)
        return (
            self._local.record_at(record_name(record.request)) == record
            and path.is_file()
            and path.stat().st_size == record.files[name].size
        )

    def _fetch(self, record: Record, name: str) -> None:
        named = record_name(record.request)
        if self._local.record_at(named) != record:
            # What lies there was made by another machine, or here and not sent: not of one piece.
            remove(self.root / files_folder(record.request))
            remove(self.directory(record.request))
            self._local.write_whole(named, record.model_dump_json(indent=1))
        try:
            fetch(self._local, self.bucket, record, name)
        except DamagedError:
            if self.record_at(named) == record:
                self.bucket.remove(named)  # so that it is made again
            raise
