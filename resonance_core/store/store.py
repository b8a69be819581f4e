"""The store: one folder of artifacts, each with its record, committed whole or not at all."""

import copy
import errno
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout
from pydantic import BaseModel, ValidationError

from resonance_core.errors import NotInStoreError, StoreError
from resonance_core.keys import StageRequest, sha256_file, sha256_text
from resonance_core.store.layout import RECORD, file_name, files_folder, record_folder
from resonance_core.store.records import FileDigest, Outcome, Record

KEY_PREFIX = re.compile(r"[0-9a-f]{6,64}")


class Damage(BaseModel):
    """An artifact that does not hold what its record says."""

    key: str
    stage: str
    path: str
    problem: str


class Store:
    """A folder of artifacts, laid out as ``<root>/<stage>/<key>/record.json`` beside its files.

    The files of a data set lie in ``<root>/<dataset>/<key>/`` instead, apart from the records.

    Attributes:
        root: The folder; made when something is first written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser()
        self._makes = True

    def read_only(self) -> Self:
        """Return the same store, in which stages find what was made before and make nothing."""
        reader = copy.copy(self)
        reader._makes = False
        return reader

    def address(self, name: str = "") -> str:
        """Return where a name below the root lies, for people."""
        return str((self.root / name).absolute())

    def directory(self, request: StageRequest) -> Path:
        """Return the folder of a request's record, whether or not it exists."""
        return self.root / record_folder(request)

    def path(self, record: Record, name: str) -> Path:
        """Return the path of one of an artifact's files."""
        return self.root / file_name(record, name)

    def find(self, request: StageRequest) -> Record | None:
        """Return the record of a request's artifact if every file is there with its size."""
        record = _load(self.directory(request) / RECORD)
        if record is None or record.request != request or self._missing(record):
            return None
        return record

    def build(self, request: StageRequest, make: Callable[[Path], dict[str, Any]]) -> Outcome:
        """Return a request's artifact, making it only if it is not there whole.

        Work for one key is done once: whoever comes second waits and finds it. A process that
        dies holds nothing up, for the kernel releases its lock.

        Args:
            request: What is wanted.
            make: Writes the artifact's files into the folder it is given and returns the
                record's ``info``. Nothing of it stays behind if it raises.

        Raises:
            NotInStoreError: It is not there whole, and the store is only read.
            StoreError: The store cannot be written.
        """
        if (record := self.find(request)) is not None:
            return Outcome(record=record, hit=True)
        if not self._makes:
            raise NotInStoreError(
                f"the store {self.address()} does not hold this {request.stage}", "Make it first"
            )
        with self._writing(), self.locked(request.key):
            if (record := self.find(request)) is not None:
                return Outcome(record=record, hit=True)
            return Outcome(record=self._commit(request, make), hit=False)

    def records(self, stage: str = "[!.]*") -> Iterator[Record]:
        """Yield every readable record, or those of one stage, in the order of stage and path."""
        for path in sorted(self.root.glob(f"{stage}/*/{RECORD}")):
            record = _load(path)
            if record is not None:
                yield record

    def get(self, key: str) -> Record:
        """Return the record with this key, or with the one key that starts so.

        Raises:
            NotInStoreError: No record, or more than one, has such a key.
        """
        if not KEY_PREFIX.fullmatch(key):
            hint = "Give its first six or more hexadecimal digits"
            raise NotInStoreError(f"{key!r} is no key", hint)
        paths = self.root.glob(f"[!.]*/{key}*/{RECORD}")
        found = [record for path in paths if (record := _load(path)) is not None]
        if len(found) != 1:
            raise NotInStoreError(
                f"{len(found) or 'no'} keys in the store {self.address()} start with {key!r}",
                "Give more digits" if found else "List them with: resonance store ls",
            )
        return found[0]

    def verify(self) -> list[Damage]:
        """Compare every file with its record's digest and return what differs."""
        damaged = []
        for path in self._record_paths():
            record = _load(path)
            if record is None:
                problems = ["the record cannot be read"]
            else:
                problems = self._missing(record) or [
                    f"{name} has other content than when it was written"
                    for name, file in record.files.items()
                    if sha256_file(self.path(record, name)) != file.sha256
                ]
                if record.key != path.parent.name or self.directory(record.request) != path.parent:
                    problems.append("the record belongs to another folder")
            damaged += [
                Damage(
                    key=path.parent.name,
                    stage=path.parent.parent.name,
                    path=str(path.parent),
                    problem=problem,
                )
                for problem in problems
            ]
        return damaged

    def _record_paths(self) -> list[Path]:
        return sorted(self.root.glob(f"[!.]*/*/{RECORD}"))

    def _missing(self, record: Record) -> list[str]:
        problems = []
        for name, file in record.files.items():
            try:
                size = self.path(record, name).stat().st_size
            except FileNotFoundError:
                problems.append(f"{name} is missing")
                continue
            if size != file.size:
                problems.append(f"{name} has {size} bytes instead of {file.size}")
        return problems

    def read_whole(self, name: str) -> bytes | None:
        """Return what a small file holds, or None where there is none.

        Args:
            name: Its path below the root.
        """
        path = self.root / name
        return path.read_bytes() if path.is_file() else None

    def list_whole(self, folder: str) -> list[str]:
        """Return the names of the small files in a folder, sorted, as ``read_whole`` takes them."""
        paths = (self.root / folder).glob("[!.]*")
        return sorted(f"{folder}/{path.name}" for path in paths if path.is_file())

    def write_whole(self, name: str, text: str) -> None:
        """Replace a small text file so that a reader sees the old or the new one, never a part.

        Args:
            name: Its path below the root.
            text: What it shall hold.

        Raises:
            StoreError: The store cannot be written.
        """
        path, work = self.root / name, sha256_text(name)
        with self._writing(), self.locked(work):
            aside = self._aside(work)
            aside.parent.mkdir(parents=True, exist_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                aside.write_text(text)
                _sync(aside)
                aside.replace(path)
            finally:
                aside.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what processes that were killed left half-made, and their locks.

        Raises:
            StoreError: The store cannot be written.
        """
        with self._writing():
            for lock in self._locks.glob("*.lock"):
                with suppress(Timeout), self.locked(lock.stem, timeout_s=0):
                    _remove(self._aside(lock.stem))

    def check(self) -> None:
        """See that the store can be written.

        Raises:
            StoreError: It cannot.
        """
        staging = self.root / ".staging"
        with self._writing():
            staging.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=staging) as file:
                file.write(b"x")
                os.fsync(file.fileno())

    @property
    def _locks(self) -> Path:
        return self.root / ".locks"

    def _aside(self, work: str) -> Path:
        """Return where a piece of work is done until it is whole; whoever holds its lock may."""
        return self.root / ".staging" / work

    @contextmanager
    def locked(self, work: str, timeout_s: float = -1) -> Iterator[None]:
        """Let one at a time do a piece of work; where its process is killed, the next one may.

        Args:
            work: What is done, as a file name.
            timeout_s: How long to wait for whoever does it; by default until it is done.

        Raises:
            Timeout: It is still being done.
        """
        lock = self._locks / f"{work}.lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(lock, timeout=timeout_s):
            try:
                yield
            finally:
                lock.unlink(missing_ok=True)  # whoever waits for it notices, and makes it anew

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Turn the file system's errors into words."""
        try:
            yield
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StoreError(
                    f"the disk of the store {self.address()} is full",
                    "Free some space and run again",
                ) from error
            if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM, errno.ENOTDIR):
                raise StoreError(
                    f"the store {self.address()} cannot be written ({error.strerror})",
                    "Choose another with --store or RESONANCE_STORE",
                ) from error
            raise

    def _commit(self, request: StageRequest, make: Callable[[Path], dict[str, Any]]) -> Record:
        """Make an artifact aside, record it, and move it into place in one step."""
        staging = self._aside(request.key)
        _remove(staging)  # left by a process that was killed
        made, marked = staging / "files", staging / "record"
        try:
            made.mkdir(parents=True)
            started = time.perf_counter()
            info = make(made)
            files = {
                path.name: FileDigest(size=path.stat().st_size, sha256=sha256_file(path))
                for path in sorted(made.iterdir())
            }
            record = Record(
                key=request.key,
                request=request,
                files=files,
                info=info,
                seconds=time.perf_counter() - started,
            )
            text = record.model_dump_json(indent=1)
            for name in files:
                _sync(made / name)
            if request.dataset is None:
                marked = made
            else:
                marked.mkdir()
                _replace(made, self.root / files_folder(request))
            (marked / RECORD).write_text(text)
            _sync(marked / RECORD)
            _replace(marked, self.directory(request))  # last: the record says that all is there
        finally:
            _remove(staging)
        return Record.model_validate_json(text)  # as whoever finds it will read it


def _load(path: Path) -> Record | None:
    """Return the record in a file, or None where there is none or it is damaged."""
    try:
        return Record.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _replace(folder: Path, target: Path) -> None:
    """Move a folder to where a damaged one, or none, may be, and have the disk know."""
    _sync(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove(target)  # damaged, or find() would have returned it
    folder.rename(target)
    _sync(target.parent)


def _remove(path: Path) -> None:
    """Remove a file or a folder that may be there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Have the kernel put a file or folder on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
