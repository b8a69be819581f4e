"""What the service's tests share: a service on a store of its own, asked as from loopback."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
import yaml
from fastapi.testclient import TestClient

from flows.settings import Settings
from resonance_core.config import PipelineConfig
from resonance_core.store.store import Store
from studio.app import create_app
from studio.settings import StudioSettings


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty store, which the service uses too, and a place for the secret of links."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("RESONANCE_STORE", str(tmp_path / "store"))
    return Store(tmp_path / "store")


@pytest.fixture(scope="session")
def little(quick: PipelineConfig, tmp_path_factory: pytest.TempPathFactory) -> StudioSettings:
    """A service that plays little."""
    path = tmp_path_factory.mktemp("settings") / "quick.yaml"
    path.write_text(yaml.safe_dump(quick.model_dump(mode="json", exclude_unset=True)))
    return StudioSettings(pipeline=Settings(config=str(path)), max_bytes=100_000)


@pytest.fixture
def client(store: Store, little: StudioSettings) -> Iterator[TestClient]:
    """A client of a running service."""
    with TestClient(create_app(little), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def ended(client: TestClient) -> Callable[[str], dict[str, Any]]:
    """Waits for the job at an address to end."""

    def wait(location: str) -> dict[str, Any]:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            job: dict[str, Any] = client.get(location).json()
            if job["state"] in ("completed", "failed", "cancelled"):
                return job
            time.sleep(0.05)
        raise TimeoutError(f"{location} does not end: {job}")

    return wait


@pytest.fixture
def served(store: Store, little: StudioSettings) -> Iterator[httpx.Client]:
    """A client of a service on a port of its own."""
    server = uvicorn.Server(uvicorn.Config(create_app(little), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        yield client
    server.should_exit = True
    thread.join(30)
    assert not thread.is_alive()
