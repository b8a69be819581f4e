"""A real file system that can be full or read-only, for tests of what writes to it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class SmallDisk:
    """A file system in memory that this process sees through another one's eyes.

    The other process has mounted it in a namespace of its own, as any user may on most Linuxes;
    nothing of it stays behind when that process ends.

    Attributes:
        folder: Where it lies.
    """

    def __init__(self, shell: subprocess.Popen[str], mount_point: Path) -> None:
        self._shell = shell
        self._mount_point = mount_point
        self.folder = Path(f"/proc/{shell.pid}/root{mount_point}")
        self._ballast = self.folder / ".ballast"

    def mount(self, options: str) -> str:
        """Mount it, or mount it otherwise with ``remount``, and return what went wrong."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        command = f"mount -t tmpfs -o {options} none {self._mount_point} 2>&1 | tr '\\n' ' '; echo"
        print(command, file=self._shell.stdin, flush=True)
        return self._shell.stdout.readline().strip()

    def leave(self, free: int) -> None:
        """Fill it so that so many bytes are free, to the next block."""
        self._ballast.unlink(missing_ok=True)
        status = os.statvfs(self.folder)
        if (size := status.f_bavail * status.f_bsize - free) > 0:
            with self._ballast.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, size)


@contextmanager
def small_disk(mount_point: Path, options: str = "size=16m") -> Iterator[SmallDisk]:
    """Mount a small file system, or skip the test where that is not possible."""
    mount_point.mkdir()
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    try:
        shell = subprocess.Popen(command, text=True, **pipes)
    except FileNotFoundError:
        pytest.skip("no file system can be mounted: unshare is missing")
    with shell:
        disk = SmallDisk(shell, mount_point)
        if failure := disk.mount(options):
            pytest.skip(f"no file system can be mounted: {failure}")
        yield disk
