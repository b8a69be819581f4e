"""Making an artifact: aside, and then into place, so that a reader sees all of it or nothing."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from resonance_core.keys import StageRequest, sha256_file
from resonance_core.store.files import remove, replace_folder, sync_to_disk
from resonance_core.store.layout import RECORD, files_folder, record_folder
from resonance_core.store.records import FileDigest, Record


def commit(
    request: StageRequest, make: Callable[[Path], dict[str, Any]], root: Path, staging: Path
) -> Record:
    """Make an artifact aside, record it, and move it into place in one step.

    Args:
        request: What is made.
        make: Writes the artifact's files into the folder it is given and returns the record's
            ``info``.
        root: The folder of the store.
        staging: Where it is made, on the same disk; nothing is left there.
    """
    remove(staging)  # left by a process that was killed
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
            sync_to_disk(made / name)
        if request.dataset is None:
            marked = made
        else:
            marked.mkdir()
            # An older one speaks of files that are about to be replaced.
            remove(root / record_folder(request))
            replace_folder(made, root / files_folder(request))
        (marked / RECORD).write_bytes(text.encode())
        sync_to_disk(marked / RECORD)
        # Last: the record says that all is there.
        replace_folder(marked, root / record_folder(request))
    finally:
        remove(staging)
    return Record.model_validate_json(text)  # as whoever finds it will read it
