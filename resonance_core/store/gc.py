"""What a store can do without: remains that nothing can use, and old results if one asks."""

import re
import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import Timeout
from pydantic import BaseModel

from resonance_core.errors import ConfigError, StoreError
from resonance_core.keys import sha256_text
from resonance_core.store.compacted import outdated_compactions
from resonance_core.store.creations import list_creations
from resonance_core.store.extractions import FOLDER, extraction_files
from resonance_core.store.history import read_history
from resonance_core.store.jobs import FINAL, close_lost_jobs, list_jobs
from resonance_core.store.layer_files import outdated
from resonance_core.store.layout import RECORD
from resonance_core.store.playlists import list_entries
from resonance_core.store.records import Record
from resonance_core.store.store import Store
from resonance_core.store.tombstones import REASON, is_old_tombstone, old_tombstones

KEY = re.compile(r"[0-9a-f]{64}")
AGE = re.compile(r"(\d+)([hdw])")
UNITS = {"h": "hours", "d": "days", "w": "weeks"}


class Garbage(BaseModel):
    """Folders or files that belong together, and that a store can do without."""

    paths: list[str]
    """Below the store's root."""
    bytes: int
    reason: str


def collect_garbage(
    store: Store,
    stage: str | None = None,
    older_than: timedelta = timedelta(0),
    dry_run: bool = False,
) -> list[Garbage]:
    """Remove from a store in a folder what it can do without, and return what that was.

    That is what killed processes left half-made, files that no record names, records whose files
    are gone or cut short, layer files and compacted files of activations that have changed since,
    and the empty files that tell a sync, for 30 days, which small files were removed. Nothing else
    ever reads any of it. A record that cannot be read may be a newer version's: it stays, with its
    files. In a folder without any record nothing is removed, for it may be no store.

    Args:
        store: The store; others may work on it meanwhile.
        stage: Remove the results of this stage too, which are made again when they are needed.
            Those that a playlist's entry or history, or a creation, names stay.
        older_than: Of the stage, only results that were made longer ago.
        dry_run: Remove nothing.

    Raises:
        ConfigError: The store holds nothing of the stage.
        StoreError: Something cannot be removed; or results of a stage shall go, and a run that
            may be about to use them goes on.
    """
    records = {record.key: record for record in store.records()}
    if not records:
        return []
    named: frozenset[str] = frozenset()
    if stage is not None:
        check_stage(stage, records.values())
        _refuse_while_running(store)
        named = _named(store)
    before = datetime.now(UTC) - older_than

    def reason(folders: Sequence[Path], record: Record | None) -> str | None:
        if record is None:
            recorded = any((folder / RECORD).exists() for folder in folders)
            return None if recorded else "no record names these files"
        if (found := store.find(record.request)) is None:
            return "files that the record names are missing or cut short"
        old = found.stage == stage and found.key not in named and found.created_at < before
        return f"made {found.created_at:%Y-%m-%d}, and named by nothing" if old else None

    garbage = []
    for key, folders in _folders(store.root).items():
        if reason(folders, records.get(key)) is None:
            continue
        try:
            with store.locked(key, timeout_s=0):
                # Seen again, for it may just have been on its way into place.
                folders = _folders(store.root, key).get(key, [])
                if folders and (why := reason(folders, records.get(key))):
                    garbage.append(_remove(store.root, folders, why, dry_run))
        except Timeout:
            continue
    for path in sorted((store.root / ".staging").glob("*")):
        try:
            with store.locked(path.name, timeout_s=0):
                if path.exists():
                    why = "left half-made by a process that was killed"
                    garbage.append(_remove(store.root, [path], why, dry_run))
        except Timeout:
            continue
    activations = store.root / FOLDER
    extractions = extraction_files(activations)
    for path in (
        *outdated(activations, extractions.values()),
        *outdated_compactions(activations, extractions),
    ):
        why = "made of activations that have changed since"
        garbage.append(_remove(store.root, [path], why, dry_run))
    for name in sorted(old_tombstones(store)):
        with store.locked(sha256_text(name)):  # whoever writes it holds that
            if is_old_tombstone(path := store.root / name):
                garbage.append(_remove(store.root, [path], REASON, dry_run))
    if not dry_run:
        store.sweep()
    return garbage


def check_stage(stage: str, held: Iterable[Record]) -> None:
    """Refuse the name of a stage of which a store holds nothing.

    Raises:
        ConfigError: It is none of the records'.
    """
    stages = sorted({record.stage for record in held})
    if stage not in stages:
        raise ConfigError(
            f"the store holds nothing of the stage {stage!r}", f"It holds {', '.join(stages)}"
        )


def parse_age(text: str) -> timedelta:
    """Return the time that a text such as ``30d`` means, in hours, days or weeks.

    Raises:
        ConfigError: It means none.
    """
    if (found := AGE.fullmatch(text)) is None:
        raise ConfigError(f"{text!r} is no age", "Write it as 12h, 30d or 8w")
    try:
        age = timedelta(**{UNITS[found[2]]: int(found[1])})
        datetime.now(UTC) - age
    except OverflowError as error:
        raise ConfigError(
            f"{text!r} is longer than time goes back", "Give a shorter age"
        ) from error
    return age


def _folders(root: Path, key: str = "*") -> dict[str, list[Path]]:
    """Return the folders of each key: of its record, and of its files where they lie apart."""
    folders: dict[str, list[Path]] = {}
    for depth in (f"[!.]*/{key}", f"[!.]*/[!.]*/{key}"):
        for path in sorted(root.glob(depth)):
            if KEY.fullmatch(path.name) and path.is_dir():
                folders.setdefault(path.name, []).append(path)
    return folders


def _named(store: Store) -> frozenset[str]:
    """Return the keys that playlists' entries, histories and creations name."""
    entries = list_entries(store)
    histories = sorted((store.root / "history").glob("[!.]*"))
    return frozenset(
        [
            *(key for entry in entries for key in (entry.direction.key, entry.calibration)),
            *(track.key for entry in entries for track in entry.tracks if track.key),
            *(one.direction for path in histories for one in read_history(store, path.name)),
            *(key for creation in list_creations(store) for key in creation.needs),
        ]
    )


def _refuse_while_running(store: Store) -> None:
    close_lost_jobs(store)
    for job in list_jobs(store):
        if job.state not in FINAL:
            raise StoreError(
                f"the run {job.id} works on this store, and may use what would go",
                f"Wait for it; if it was killed, remove jobs/{job.id}.json from the store",
            )


def _remove(root: Path, paths: Sequence[Path], reason: str, dry_run: bool) -> Garbage:
    size = sum(
        file.stat().st_size for path in paths for file in (path, *path.rglob("*")) if file.is_file()
    )
    if not dry_run:
        try:
            for path in paths:  # the record first: it says that the files are there
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        except OSError as error:
            raise StoreError(
                f"{path} cannot be removed ({error.strerror})", "Check who owns it"
            ) from error
    shown = [path.relative_to(root).as_posix() for path in paths]
    return Garbage(paths=shown, bytes=size, reason=reason)
