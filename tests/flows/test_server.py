import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from flows.server import ServerError, _address

PROGRAM = """
import sys
from prefect import flow
from flows.server import server_of_this_process

@flow
def sign():
    print("ran", flush=True)

with server_of_this_process():
    sign()
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """Prefect's folder, with a database that is made once."""
    return tmp_path_factory.mktemp("prefect")


@pytest.mark.parametrize("end", ["by itself", "killed"])
def test_the_own_server_ends_with_its_process(end, home):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PREFECT_HOME": str(home), "PREFECT_API_URL": ""},
    )
    assert process.stdout.readline() == b"ran\n"
    (server,) = psutil.Process(process.pid).children()
    if end == "killed":
        process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == (-signal.SIGKILL if end == "killed" else 0)
    psutil.wait_procs([server], timeout=20)
    assert not server.is_running()


@pytest.mark.slow
def test_two_may_start_at_once_where_there_is_no_database_yet(tmp_path):
    servers = [
        subprocess.Popen(
            [sys.executable, "-m", "flows.server_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PREFECT_HOME": str(tmp_path), "PREFECT_API_URL": ""},
        )
        for _ in range(2)
    ]
    for server in servers:
        port = server.stdout.readline().strip()
        assert httpx.get(f"http://127.0.0.1:{port}/api/health", timeout=120).is_success
    for server in servers:
        server.communicate()  # it ends with its standard input


def test_a_server_that_cannot_start_is_said():
    silent = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE, text=True)
    with pytest.raises(ServerError, match=r"did not start \("):
        _address(silent)
    silent.communicate()
