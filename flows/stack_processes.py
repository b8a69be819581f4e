"""The processes of the stack: each carries a mark in its environment, and so do its children.

What runs is asked of the kernel, not of a file that could be lost or tell of a process that is no
more. So whatever was started is found, also where starting was interrupted, or where a worker died
and its flow runs live on.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

MARK = "RESONANCE_STACK"


class Part:
    """A Prefect command that runs in the background, and the processes that it starts.

    Attributes:
        name: What it is.
        log: The file that takes what they print.
    """

    def __init__(self, name: str, *command: str, home: Path) -> None:
        self.name = name
        self.log = home / f"{name}.log"
        self._command = ["-m", "prefect", *command]
        self._mark = f"{name} {home}"

    def start(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Start it in a folder; it outlives this process."""
        with self.log.open("ab") as log:
            started = subprocess.Popen(
                [sys.executable, *self._command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                env={**os.environ, **environment, MARK: self._mark},
                start_new_session=True,  # Ctrl-C is not for it
            )
        while self.started_at() is None and started.poll() is None:
            time.sleep(0.01)  # the kernel shows what a process was given only a moment later

    def started_at(self) -> float | None:
        """Return when it was started, a Unix time, if it runs; what it started may outlive it."""
        for process in self._processes():
            if process.info["cmdline"][1:] == self._command:
                return process.create_time()
        return None

    def stop(self, patience_s: float) -> None:
        """Ask it to end, or what it left if it is gone; end with force what runs after that."""
        ours = self._processes()
        for process in ours:
            with suppress(psutil.NoSuchProcess):
                if process.parent() not in ours:
                    process.terminate()
        deadline = time.monotonic() + patience_s
        while (left := self._processes()) and (remaining := deadline - time.monotonic()) > 0:
            psutil.wait_procs(left, remaining)
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left)

    def _processes(self) -> set[psutil.Process]:
        return {
            process
            for process in psutil.process_iter(["cmdline", "environ"])
            if (process.info["environ"] or {}).get(MARK) == self._mark
        }
