"""The store: one folder of artifacts, each with its record, committed whole or not at all."""

import copy
import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, Self, TypeVar

from filelock import FileLock, Timeout
from pydantic import BaseModel

from resonance_core.errors import NotInStoreError
from resonance_core.keys import StageRequest, sha256_file, sha256_text
from resonance_core.store.commit import commit
from resonance_core.store.files import file_errors_in_words, remove, sync_to_disk
from resonance_core.store.layout import (
    KEY,
    RECORD,
    file_name,
    is_small_file,
    parse_record,
    record_folder,
    record_name,
)
from resonance_core.store.records import Outcome, Record

KEY_PREFIX = re.compile(r"[0-9a-f]{6,64}")
Item = TypeVar("Item")
Result = TypeVar("Result")


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
        self._told: Callable[[str], None] | None = None

    def read_only(self) -> Self:
        """Return the same store, in which stages find what was made before and make nothing."""
        reader = copy.copy(self)
        reader._makes = False
        return reader

    def telling(self, told: Callable[[str], None]) -> Self:
        """Return the same store, which says what is about to be made.

        Args:
            told: Gets the stage's name.
        """
        teller = copy.copy(self)
        teller._told = told
        return teller

    @property
    def owner(self) -> str:
        """In whose name work is done here, where others share the store; a folder has one owner."""
        return ""

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
        record = self.record_at(record_name(request))
        if record is None or record.request != request or not self._is_whole(record):
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
        with self._in_words(), self._making(request):
            if (record := self.find(request)) is not None:
                return Outcome(record=record, hit=True)
            if self._told is not None:
                self._told(request.stage)
            return self._make(request, make)

    def record_names(self, key: str = "") -> list[str]:
        """Return the names of all records whose keys start so, sorted."""
        paths = self.root.glob(f"[!.]*/{key}*/{RECORD}")
        return sorted(path.relative_to(self.root).as_posix() for path in paths)

    def record_at(self, name: str) -> Record | None:
        """Return the record of a name, or None where there is none or it is damaged."""
        return parse_record(name, self.read_whole(name))

    def records(self, stage: str | None = None) -> Iterator[Record]:
        """Yield every readable record, or those of one stage, in the order of stage and path."""
        names = self.record_names()
        if stage is not None:
            names = [name for name in names if name.startswith(f"{stage}/")]
        found = self._each(self.record_at, names)
        return (record for record in found if record is not None)

    def get(self, key: str) -> Record:
        """Return the record with this key, or with the one key that starts so.

        Raises:
            NotInStoreError: No record, or more than one, has such a key.
        """
        if not KEY_PREFIX.fullmatch(key):
            hint = "Give its first six or more hexadecimal digits"
            raise NotInStoreError(f"{key!r} is no key", hint)
        named = map(self.record_at, self.record_names(key))
        found = [record for record in named if record is not None]
        if len(found) != 1:
            raise NotInStoreError(
                f"{len(found) or 'no'} keys in the store {self.address()} start with {key!r}",
                "Give more digits" if found else "List them with: resonance store ls",
            )
        return found[0]

    def verify(self) -> list[Damage]:
        """Compare every file with its record's digest and return what differs."""
        found = self._each(self.damages, self.record_names())
        return [damage for damages in found for damage in damages]

    def damages(self, name: str) -> list[Damage]:
        """Return in what an artifact differs from its record, which has this name."""
        record = self.record_at(name)
        if record is None:
            problems = ["the record cannot be read, or belongs to another folder"]
        else:
            problems = self._missing(record) or [
                problem
                for file in record.files
                if (problem := self._problem(record, file)) is not None
            ]
        stage, key, _ = name.split("/")
        where = self.address(f"{stage}/{key}")
        return [Damage(key=key, stage=stage, path=where, problem=text) for text in problems]

    def _is_whole(self, record: Record) -> bool:
        return not self._missing(record)

    def _missing(self, record: Record) -> list[str]:
        problems, sizes = [], self._sizes(record)
        for name, file in record.files.items():
            if name not in sizes:
                problems.append(f"{name} is missing")
            elif sizes[name] != file.size:
                problems.append(f"{name} has {sizes[name]} bytes instead of {file.size}")
        return problems

    def _sizes(self, record: Record) -> dict[str, int]:
        """Return the sizes of an artifact's files that are there, in bytes."""
        sizes = {}
        for name in record.files:
            # One question, for what is there now may be replaced before another.
            with suppress(FileNotFoundError, NotADirectoryError):
                status = (self.root / file_name(record, name)).stat()
                if stat.S_ISREG(status.st_mode):
                    sizes[name] = status.st_size
        return sizes

    def _problem(self, record: Record, name: str) -> str | None:
        """Return in what the content of a file differs from its record; None where it does not."""
        try:
            same = self._sha256(record, name) == record.digest(name)
        except OSError as error:  # a bad sector, or somebody else's file
            return f"{name} cannot be read ({error.strerror})"
        return None if same else f"{name} has other content than when it was written"

    def _sha256(self, record: Record, name: str) -> str:
        return sha256_file(self.root / file_name(record, name))

    def _each(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterable[Result]:
        return map(function, items)

    def read_whole(self, name: str) -> bytes | None:
        """Return what a small file holds, or None where there is none.

        Args:
            name: Its path below the root.
        """
        with self._in_words(), suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return (self.root / name).read_bytes() or None
        return None

    def list_whole(self, folder: str) -> list[str]:
        """Return the names of the small files in a folder, sorted, as ``read_whole`` takes them."""
        return list(self.versions_whole(folder))

    def versions_whole(self, folder: str) -> dict[str, str]:
        """Return the names of the small files in a folder, sorted, each with its version.

        A file that is replaced has another version: so it can be told without reading it.
        """
        found = {}
        with (
            self._in_words(),
            suppress(FileNotFoundError),
            os.scandir(self.root / folder) as entries,
        ):
            for entry in entries:
                with suppress(FileNotFoundError):  # it may be removed meanwhile
                    if entry.name[0] != "." and entry.is_file() and (at := entry.stat()).st_size:
                        version = f"{at.st_ino}-{at.st_mtime_ns}-{at.st_size}"
                        found[f"{folder}/{entry.name}"] = version
        return dict(sorted(found.items()))

    def small_files(self) -> Iterator[str]:
        """Yield the names of all small files of the folder; no other folder is looked into."""
        for folder, folders, files in os.walk(self.root):  # it passes over what vanishes meanwhile
            folders[:] = [name for name in folders if name[0] != "." and not KEY.fullmatch(name)]
            names = (Path(folder, file).relative_to(self.root).as_posix() for file in files)
            yield from filter(is_small_file, names)

    def write_whole(self, name: str, text: str) -> None:
        """Replace a small text file so that a reader sees the old or the new one, never a part.

        Args:
            name: Its path below the root.
            text: What it shall hold.

        Raises:
            StoreError: The store cannot be written.
        """
        path, work = self.root / name, sha256_text(name)
        with self._in_words(), self.locked(work):
            aside = self.aside(work)
            aside.parent.mkdir(parents=True, exist_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                aside.write_bytes(text.encode())  # in UTF-8, whatever the locale
                sync_to_disk(aside)
                aside.replace(path)
            finally:
                aside.unlink(missing_ok=True)

    def remove_whole(self, name: str) -> None:
        """Remove a small file that may be there.

        Nothing of its content stays, but for 30 days an empty file does: by it a sync knows that
        it was removed, and does not bring it back.

        Args:
            name: Its path below the root.

        Raises:
            StoreError: The store cannot be written.
        """
        if self.read_whole(name) is not None:
            self.write_whole(name, "")

    def forget_whole(self, name: str) -> None:
        """Remove a small file that may be there, and that it was: a sync may bring it back.

        Args:
            name: Its path below the root.

        Raises:
            StoreError: The store cannot be written.
        """
        with self._in_words(), self.locked(sha256_text(name)):
            (self.root / name).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what processes that were killed left half-made, and their locks.

        Raises:
            StoreError: The store cannot be written.
        """
        with self._in_words():
            for lock in self._locks.glob("*.lock"):
                with suppress(Timeout), self.locked(lock.stem, timeout_s=0):
                    remove(self.aside(lock.stem))

    def check(self) -> None:
        """See that the store can be written.

        Raises:
            StoreError: It cannot.
        """
        staging = self.root / ".staging"
        with self._in_words():
            staging.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=staging) as file:
                file.write(b"x")
                os.fsync(file.fileno())

    @property
    def _locks(self) -> Path:
        return self.root / ".locks"

    def aside(self, work: str) -> Path:
        """Return where a piece of work is done until it is whole; whoever holds its lock may."""
        return self.root / ".staging" / work

    @contextmanager
    def locked(self, work: str, timeout_s: float = -1) -> Iterator[None]:
        """Let one at a time do a piece of work; where its process is killed, the next one may.

        Args:
            work: What is done, as a file name.
            timeout_s: How long to wait for whoever does it; by default until it is done.

        Raises:
            StoreError: The store cannot be written.
            Timeout: It is still being done.
        """
        path = self._locks / f"{work}.lock"
        # Whoever releases it may be another thread.
        lock = FileLock(path, timeout=timeout_s, thread_local=False)
        with self._in_words():
            path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        try:
            yield
        finally:
            # Whoever waits for it notices, and makes it anew. One that stays, on a disk that has
            # become read-only, does no harm, and what went wrong there is told already.
            with suppress(OSError):
                path.unlink(missing_ok=True)
            lock.release()

    def _in_words(self) -> AbstractContextManager[None]:
        return file_errors_in_words(self.root.absolute())

    def _making(self, request: StageRequest) -> AbstractContextManager[None]:
        """Let one at a time make a request's artifact."""
        return self.locked(request.key)

    def _make(self, request: StageRequest, make: Callable[[Path], dict[str, Any]]) -> Outcome:
        record = commit(request, make, self.root, self.aside(request.key))
        return Outcome(record=record, hit=False)
