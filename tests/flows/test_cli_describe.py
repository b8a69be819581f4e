import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from flows.doctor import examine
from resonance_core.config import PipelineConfig, RuntimeConfig
from tests.flows.test_cli import run, run_json
from tests.gemini_faults import refused
from tests.gemini_server import ANSWER, KEY

ASK = "POST generateContent"
WITH_GEMINI = ("--with", "gemini", "--set", "describe.heard_s=4", "--set", "describe.attempts=1")


def files_with_the_key(root: Path) -> list[Path]:
    files = [path for path in root.rglob("*") if path.is_file()]
    assert files
    return [path for path in files if KEY.encode() in path.read_bytes()]


def on_a_terminal(answer: str, *arguments: object) -> tuple[int, str]:
    """Run a command as somebody does who types; returns its exit code and what it showed."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "studio.cli", *map(str, arguments)]
    started = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            read = os.read(ours, 4096)
        except OSError:  # Linux says so that the other end is closed
            break
        shown += read
        if b"[y/N]" in read:
            os.write(ours, answer.encode())
    os.close(ours)
    return started.wait(), shown.decode()


def test_nothing_is_sent_where_nobody_can_be_asked(folder, store, gemini):
    code, _, stderr = run("describe", folder, *WITH_GEMINI)
    assert code == 2
    assert "agree with --yes" in stderr
    code, found = run_json("describe", folder, *WITH_GEMINI)
    assert (code, found["error"]["type"]) == (2, "ConsentError")
    assert "a clip of each of 2 tracks, without its name, 8 s" in found["error"]["problem"]
    assert gemini.asked == []
    assert not list(store.records("describe"))


def test_who_agrees_ahead_is_told_and_what_the_store_knows_is_sent_no_more(folder, store, gemini):
    code, shown, stderr = run("describe", folder, *WITH_GEMINI, "--yes")
    assert code == 0
    assert "To be sent: a clip of each of 2 tracks" in stderr
    assert "US dollars at most" in stderr
    assert "Mood: wistful." in shown
    assert "--prompt 'trip hop music, wistful, rhodes piano, double bass'" in shown
    assert gemini.kinds() == [ASK]
    code, found = run_json("describe", folder, *WITH_GEMINI)
    assert code == 0
    assert found["sliders"] == ANSWER["levels"]
    assert gemini.kinds() == [ASK]
    assert files_with_the_key(store.root) == []


def test_what_the_store_knows_needs_no_key(folder, store, gemini, monkeypatch):
    assert run("describe", folder, *WITH_GEMINI, "--yes")[0] == 0
    monkeypatch.delenv("GEMINI_API_KEY")
    assert run("describe", folder, *WITH_GEMINI)[0] == 0
    code, _, stderr = run("describe", folder, *WITH_GEMINI, "--set", "describe.heard_s=5", "--yes")
    assert code == 2
    assert "needs an API key" in stderr


def test_who_is_asked_may_refuse_or_agree(folder, store, gemini):
    code, shown = on_a_terminal("n\n", "describe", folder, *WITH_GEMINI)
    assert code == 2
    assert "Google may use it to improve its products" in shown
    assert gemini.asked == []
    code, shown = on_a_terminal("y\n", "describe", folder, *WITH_GEMINI)
    assert code == 0
    assert "trip hop" in shown
    assert gemini.kinds() == [ASK]
    assert KEY not in shown


def test_a_failure_is_kept_nowhere_and_shows_no_key(folder, store, gemini):
    gemini.fail(ASK, refused(400, "INVALID_ARGUMENT", f"API key {KEY} not valid"))
    code, found = run_json("describe", folder, *WITH_GEMINI, "--yes")
    assert code == 2
    assert "the API key of GEMINI_API_KEY" in found["error"]["problem"]
    assert KEY not in json.dumps(found)
    assert not list(store.records("describe"))
    assert files_with_the_key(store.root) == []


@pytest.mark.parametrize("key", [KEY, None, f"{KEY} {KEY}"])
def test_doctor_says_whether_there_is_a_key_and_not_which(key, store, monkeypatch):
    monkeypatch.delenv("GOOGLE_API_KEY", raising=False)
    monkeypatch.setenv("GEMINI_API_KEY", key or "")
    checks = examine(PipelineConfig(), RuntimeConfig())
    (google,) = [check for check in checks if check.name == "google"]
    assert KEY not in str(checks)
    if key == KEY:
        assert google.found.endswith(", an API key from GEMINI_API_KEY")
    elif key is None:
        assert google.found.startswith("google-genai 3.")
        assert google.found.endswith(", no API key")
    else:
        assert not google.ok
        assert "GEMINI_API_KEY holds is no API key" in google.found
