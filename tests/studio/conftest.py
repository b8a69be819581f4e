"""What the service's tests share: a service on a store of its own, asked as from loopback."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
import yaml
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, sync_playwright
from pydantic import SecretStr

from flows.settings import Settings
from resonance_core.config import PipelineConfig
from resonance_core.store.store import Store
from studio.app import create_app
from studio.settings import StudioSettings
from tests.prefect_screens import CHROMIUM, OPTIONS
from tests.studio.windows import Window, opened


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
def locked(little: StudioSettings) -> StudioSettings:
    """The same with a key, ``s3cret``."""
    return little.model_copy(update={"api_key": SecretStr("s3cret")})


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
def address(example_store: Store, little: StudioSettings) -> Iterator[str]:
    """A service with the playlist ``example``."""
    with serving(little) as address:
        yield address


@pytest.fixture
def locked_address(example_store: Store, locked: StudioSettings) -> Iterator[str]:
    """The same with a key, ``s3cret``."""
    with serving(locked) as address:
        yield address


@pytest.fixture
def served(store: Store, little: StudioSettings) -> Iterator[httpx.Client]:
    """A client of a service on a port of its own."""
    with serving(little) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")  # its loop would be in the way of other modules
def browser() -> Iterator[Browser]:
    """A browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield browser
        browser.close()


@pytest.fixture
def window(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Window]:
    """A window of the size and colours that a test asks for."""
    with opened(browser, address, **getattr(request, "param", {})) as window:
        yield window


@contextmanager
def serving(settings: StudioSettings) -> Iterator[str]:
    """Serve the studio in a thread, and give its address."""
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(30)
    assert not thread.is_alive()
