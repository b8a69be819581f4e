"""Real S3 servers on loopback: rclone on a folder, and moto."""

import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

ACCESS_KEY, SECRET_KEY = "resonance", "loopback"
BUCKET = "shared"
PROGRAMS = Path(sys.executable).parent


class S3Server:
    """A server that can be killed and started again at the same address.

    Attributes:
        url: Where it answers.
        log: The lines it printed, of all its processes.
    """

    def __init__(self, command: Sequence[str], port_option: str) -> None:
        self._command = command
        self._port_option = port_option
        self.log: list[str] = []
        self.url = ""

    def start(self) -> None:
        """Start it, and return when it answers."""
        port = str(urlsplit(self.url).port or 0)
        self._process = subprocess.Popen(
            [*self._command, self._port_option.format(port)],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        lines = self._process.stderr
        assert lines is not None
        for line in lines:
            if (found := re.search(r"http://127\.0\.0\.1:\d+", line)) is not None:
                self.url = found[0]
                break
        # Read on, or it would stop when the pipe is full.
        threading.Thread(target=lambda: self.log.extend(lines), daemon=True).start()

    def kill(self) -> None:
        """Kill it, whatever it does."""
        self._process.kill()
        self._process.wait()


def rclone_server(folder: Path) -> S3Server:
    """Return a server whose buckets are the folders of a folder."""
    keys = f"--auth-key={ACCESS_KEY},{SECRET_KEY}"
    command = [str(PROGRAMS / "rclone"), "serve", "s3", keys, "-vv", str(folder)]
    return S3Server(command, "--addr=127.0.0.1:{}")


def moto_server() -> S3Server:
    """Return a server that keeps everything in its memory, and takes any credentials."""
    return S3Server([str(PROGRAMS / "moto_server"), "-H", "127.0.0.1"], "-p{}")
