"""Files and folders that are on the disk, or not there, whatever happens to the process."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resonance_core.errors import StoreError


def replace_folder(folder: Path, target: Path) -> None:
    """Move a folder to where another one, or none, may be, and have the disk know."""
    sync_to_disk(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    remove(target)
    folder.rename(target)
    sync_to_disk(target.parent)


def remove(path: Path) -> None:
    """Remove a file or a folder that may be there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def sync_to_disk(path: Path) -> None:
    """Have the kernel put a file or folder on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def file_errors_in_words(folder: Path) -> Iterator[None]:
    """Turn the file system's errors about a store's folder into words.

    Raises:
        StoreError: The disk is full, or the folder may not be used.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreError(
                f"the disk of the store {folder} is full", "Free some space and run again"
            ) from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM, errno.ENOTDIR):
            raise StoreError(
                f"the store {folder} cannot be used ({error.strerror})",
                "Choose another with --store or RESONANCE_STORE",
            ) from error
        raise
