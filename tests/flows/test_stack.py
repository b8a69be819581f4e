"""`make up` and `make down`, with a home and a port of their own."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
import yaml
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.stack import Stack
from resonance_core.errors import ConfigError
from resonance_core.store.playlists import load_entry
from resonance_core.store.store import Store
from tests.prefect_screens import CHROMIUM, screens

ROOT = Path(__file__).parents[2]
WAIT_S = 300
QUICK = {
    "CHUNK__LENGTH_S": "4",
    "CHUNK__HOP_S": "20",
    "SAMPLING__GUIDANCE_SCALE": "2",
    "VOCABULARY__PROMPTS": "[techno, folk]",
    "VOCABULARY__CLIPS": "1",
    "VOCABULARY__COMMON": "1",
    "VOCABULARY__DURATION_S": "0.5",
    "SCAN__PROMPTS": "[music]",
    "SCAN__DURATION_S": "0.5",
    "CALIBRATE__PROMPTS": "[music]",
    "CALIBRATE__STRENGTHS": "[0, 1]",
    "CALIBRATE__DURATION_S": "0.5",
}
"""What the worker tells its runs, so that they play little."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.mark.parametrize("url", ["https://prefect.example.com/api", "http://192.0.2.1:4200/api"])
def test_a_server_elsewhere_is_not_started_here(url, tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    with (
        temporary_settings({PREFECT_API_URL: url}),
        pytest.raises(ConfigError, match=f"PREFECT_API_URL is '{url}'"),
    ):
        Stack()


def test_a_port_that_is_taken_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with (
            temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{port}/api"}),
            pytest.raises(ConfigError, match=f"another program listens on port {port}"),
        ):
            Stack().start()
    assert not list(tmp_path.glob("*.log"))


class Machine:
    """A fresh machine: nothing of ours runs on it, and its store is empty."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "prefect"
        self.store = Store(folder / "store")
        self.url = f"http://127.0.0.1:{free_port()}"
        self._environment = {
            **{name: value for name, value in os.environ.items() if "PREFECT" not in name},
            **{f"RESONANCE__{name}": value for name, value in QUICK.items()},
            "PREFECT_HOME": str(self.home),
            "PREFECT_API_URL": f"{self.url}/api",
            "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
            "RESONANCE_STORE": str(self.store.root),
        }

    def make(self, target: str) -> str:
        """Run a command as make does, and return what it printed."""
        return subprocess.run(
            [sys.executable, "-m", "flows.cli_stack", target],
            cwd=ROOT,
            env=self._environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    def processes(self) -> set[psutil.Process]:
        """What runs with this home, whoever started it."""
        return {
            process
            for process in psutil.process_iter(["environ"])
            if (process.info["environ"] or {}).get("PREFECT_HOME") == str(self.home)
        }

    def run_states(self) -> dict[str, str]:
        """The states of all flow runs by their ids, also where no server runs."""
        with sqlite3.connect(self.home / "prefect.db") as database:
            return dict(database.execute("select id, state_type from flow_run"))


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One machine for all tests, which go through a day of it in their order."""
    machine = Machine(tmp_path_factory.mktemp("machine"))
    machine.make("up")
    yield machine
    machine.make("down")


@pytest.fixture
def client(machine: Machine) -> Iterator[SyncPrefectClient]:
    """A client of its server."""
    with (
        temporary_settings({PREFECT_API_URL: f"{machine.url}/api"}),
        get_client(sync_client=True) as client,
    ):
        yield client


def wait_for(client: SyncPrefectClient, wanted: Callable[[FlowRun], bool]) -> FlowRun:
    """Return a run as soon as there is one as wanted."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        for run in client.read_flow_runs():
            if wanted(run):
                return run
        time.sleep(0.2)
    raise AssertionError([(run.name, run.state) for run in client.read_flow_runs()])


@pytest.mark.slow
def test_up_again_starts_nothing_anew(machine, client):
    before = machine.processes()
    assert machine.url in machine.make("up")
    assert machine.processes() == before
    listed = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    deployed = client.read_deployments()
    assert sorted(one.name for one in deployed) == sorted(one["name"] for one in listed)
    assert client.read_global_concurrency_limit_by_name("gpu").limit == 1


@pytest.mark.slow
def test_a_scheduled_run(machine, client):
    deployment = client.read_deployment_by_name("ingest/ingest")
    soon = datetime.now(UTC) + timedelta(seconds=20)
    schedule = IntervalSchedule(interval=timedelta(days=1), anchor_date=soon)
    client.create_deployment_schedules(deployment.id, [(schedule, True)])
    run = wait_for(client, lambda run: run.auto_scheduled and run.state.is_final())
    assert run.state.is_completed()
    assert len(load_entry(machine.store, "example").tracks) == 6


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium")
def test_a_run_from_the_form(machine, client, tmp_path):
    with screens(machine.url, tmp_path) as window:
        window.ingest("examples/playlists/jazz", "jazz", "resolve.max_tracks=2")
        window.run_and_artifacts("jazz")
    assert window.hosts == {machine.url.removeprefix("http://")}
    assert len(load_entry(machine.store, "jazz").tracks) == 2


@pytest.mark.slow
def test_a_worker_that_was_killed_is_replaced(machine, client):
    deployment = client.read_deployment_by_name("ingest/ingest")
    parameters = {"source": "examples/playlists/rock", "name": "rock"}
    made = client.create_flow_run_from_deployment(deployment.id, parameters=parameters)
    wait_for(client, lambda run: run.id == made.id and run.state.is_running())
    killed = [one for one in machine.processes() if "server" not in one.cmdline()]
    for process in killed:
        process.kill()
    psutil.wait_procs(killed)
    machine.make("up")
    assert client.read_flow_run(made.id).state.is_crashed()
    again = client.create_flow_run_from_deployment(deployment.id, parameters=parameters)
    assert wait_for(client, lambda run: run.id == again.id and run.state.is_final()).state_name == (
        "Completed"
    )


@pytest.mark.slow
def test_down_cancels_what_runs_and_leaves_nothing(machine, client, tmp_path):
    folk = {
        "source": str(ROOT / "examples" / "playlists" / "folk"),
        "settings": {"overrides": ["vocabulary.clips=1000"]},  # it is still at work when it ends
    }
    (tmp_path / "folk.yaml").write_text(yaml.safe_dump(folk))
    deployment = client.read_deployment_by_name("playlists/playlists")
    parameters = {"folder": str(tmp_path)}
    made = client.create_flow_run_from_deployment(deployment.id, parameters=parameters)
    wait_for(client, lambda run: run.parent_task_run_id is not None and run.state.is_running())
    assert len(machine.processes()) >= 3
    machine.make("down")
    assert machine.processes() == set()
    states = machine.run_states()
    assert states[str(made.id)] == "CANCELLED"
    assert set(states.values()) == {"COMPLETED", "CRASHED", "CANCELLED", "SCHEDULED"}
    assert load_entry(machine.store, "folk") is None
    assert machine.make("down") == "Stopped.\n"
