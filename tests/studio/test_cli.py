import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest
from typer.testing import CliRunner

from studio.cli import app


def test_a_place_that_others_reach_is_refused_without_a_key(monkeypatch, store):
    monkeypatch.delenv("RESONANCE_STUDIO_API_KEY", raising=False)
    result = CliRunner().invoke(app, ["studio", "--host", "0.0.0.0"])
    assert result.exit_code == 2
    assert "RESONANCE_STUDIO_API_KEY" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--port", 70000), "port = 70000"), (("--store", __file__), "test_cli.py is a file")],
)
def test_what_cannot_be_used_is_said_before_the_start(arguments, words, store):
    result = CliRunner().invoke(app, ["studio", "--no-open", *map(str, arguments)])
    assert result.exit_code == 2
    assert words in result.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_service_starts_answers_and_ends(store, number):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "studio.cli", "studio", "--no-open", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.readline()
        assert said == f"The studio is open: http://127.0.0.1:{port}/ (Ctrl+C ends it)\n"
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                health = httpx.get(f"http://127.0.0.1:{port}/health").json()
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        assert (health["model"], health["sample_rate"], health["waiting"]) == ("nano", 32000, 0)
        process.send_signal(number)
        process.wait(20)
