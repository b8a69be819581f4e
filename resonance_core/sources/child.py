"""Questions to a module in a process of its own, which ends in time and not after its caller.

Nothing else stops a server that sends a byte a second, a page that fills the memory, or a regular
expression that never ends.
"""

import json
import logging
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

MEMORY_BYTES = 2 * 1024**3
"""The most a process may hold; less, and a JavaScript engine cannot reserve what it never uses."""

logger = logging.getLogger(__name__)


class ChildDiedError(Exception):
    """A process that ended without an answer; the text is its last word."""


def ask(module: str, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
    """Return a module's answer from a process of its own.

    Args:
        module: Its name; run as a program, it calls `serve`.
        request: What JSON can hold.
        timeout_s: How long it may take, in seconds; then it is killed with all it has started.

    Raises:
        TimeoutError: It took longer.
        ChildDiedError: It ended without an answer.
    """
    # The same modules as here, wherever they come from, and none from the working directory.
    command = [sys.executable, "-P", "-m", module]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    question, held = os.pipe()
    with (
        os.fdopen(held, "wb") as pipe,  # open until the end: see _with_its_caller
        os.fdopen(question, "rb") as stdin,
        subprocess.Popen(
            command,
            env=environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process,
    ):
        stdin.close()
        try:
            with suppress(BrokenPipeError):
                pipe.write(json.dumps(request).encode() + b"\n")
                pipe.flush()
            answer, complaint = process.communicate(timeout=timeout_s)
        except BaseException as error:
            with suppress(ProcessLookupError, PermissionError):  # it has just ended by itself
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise TimeoutError from error
            raise
    said = complaint.decode(errors="replace").rstrip()
    logger.debug("%s: %s", module, said)
    if process.returncode != 0:
        raise ChildDiedError(said.rpartition("\n")[2][:300] or f"exit status {process.returncode}")
    found: dict[str, Any] = json.loads(answer)
    return found


def serve(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer the question on standard input, within `MEMORY_BYTES`."""
    request = json.loads(sys.stdin.buffer.readline())
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    ceiling = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (ceiling, hard))
    with _with_its_caller(), os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)  # whatever is printed by the way is no answer
        json.dump(answer(request), answers)


@contextmanager
def _with_its_caller() -> Iterator[None]:
    """End with the whole process group once the caller is gone, which closes standard input."""
    # A process rather than a thread: a regular expression that never ends lets no thread run.
    watchdog = os.fork()
    if watchdog == 0:
        os.closerange(1, 3)  # or the caller would wait for what this one might still say
        os.read(0, 1)
        os.killpg(0, signal.SIGKILL)
    try:
        yield
    finally:
        os.kill(watchdog, signal.SIGKILL)
        os.waitpid(watchdog, 0)
