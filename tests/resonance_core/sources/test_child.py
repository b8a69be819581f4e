import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import resonance_core
from resonance_core.sources.child import ChildDiedError, ask

ANSWERS = "tests.answers"
PATIENCE_S = 60.0


def wait_for(what: Callable[[], bool]) -> None:
    """Wait until something is so, which an event cannot tell of another process."""
    end = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


def gone(processes: list[psutil.Process]) -> bool:
    """Whether processes have ended, waited for by their parent or not."""
    return not any(
        one.is_running() and one.status() != psutil.STATUS_ZOMBIE
        for one in processes
        if psutil.pid_exists(one.pid)
    )


def children(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


@pytest.fixture
def others() -> set[psutil.Process]:
    """What other tests have started, such as servers for the whole run."""
    return set(children(os.getpid()))


def test_answer_is_json_of_the_same_modules_wherever_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: set[psutil.Process]
) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError('the wrong module')")
    monkeypatch.chdir(tmp_path)

    heard = ask(ANSWERS, {"do": "echo", "say": ["ä", 1.5, None]}, PATIENCE_S)

    assert heard == {
        "heard": ["ä", 1.5, None],
        "core": resonance_core.__file__,
        "folder": str(tmp_path),
    }
    assert set(children(os.getpid())) <= others


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ("fail", "RuntimeError: no such luck"),
        ("die", "exit status -9"),
        ("hoard", "MemoryError"),
    ],
)
def test_one_that_dies_leaves_its_last_word(
    fault: str, word: str, others: set[psutil.Process]
) -> None:
    with pytest.raises(ChildDiedError) as caught:
        ask(ANSWERS, {"do": fault}, PATIENCE_S)

    assert str(caught.value) == word
    assert set(children(os.getpid())) <= others


def test_javascript_runs_below_the_ceiling_of_memory() -> None:
    assert ask(ANSWERS, {"do": "script"}, PATIENCE_S) == {"out": "3000000\n", "error": ""}


def asking(timeout_s: float) -> subprocess.Popen[bytes]:
    """Start a process that asks for what starts another process and then never ends."""
    code = (
        "from resonance_core.sources.child import ask\n"
        f"ask({ANSWERS!r}, {{'do': 'start another'}}, {timeout_s})"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE)


def family(caller: int) -> list[psutil.Process]:
    """Wait for the child of a caller, its watchdog and what it started."""
    wait_for(lambda: len(children(caller)) == 3)
    return children(caller)


def test_one_that_never_ends_is_killed_in_time_with_all_it_has_started() -> None:
    with asking(timeout_s=3.0) as caller:
        started = family(caller.pid)
        _, complaint = caller.communicate()

    assert complaint.strip().endswith(b"TimeoutError")
    wait_for(lambda: gone(started))


def test_a_killed_caller_takes_everything_along() -> None:
    with asking(timeout_s=600.0) as caller:
        started = family(caller.pid)
        os.kill(caller.pid, signal.SIGKILL)

        wait_for(lambda: gone(started))
