"""The service is killed under the page, and started again: the page says so and goes on."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from resonance_core.store.creations import list_creations
from tests.studio.windows import needs_chromium, opened

pytestmark = needs_chromium
SHORT = {"prompt": "calm harp", "duration_s": 0.5, "seed": 3}
SILENT = "The studio does not answer. It is asked again until it does."


class Killed:
    """A service in a process of its own, at an address that it keeps."""

    def __init__(self, config: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"
        self._command = [sys.executable, "-m", "studio.cli", "studio", "--no-open"]
        self._command += ["--port", str(self._port), "--config", config]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, env=os.environ)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.address}/health")
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise TimeoutError("the service does not start")

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def service(example_store, little) -> Iterator[Killed]:
    """It runs, and is ended with the test."""
    killed = Killed(little.pipeline.config)
    killed.start()
    yield killed
    killed.kill()


def test_the_page_goes_on_with_a_service_that_was_killed(service, browser, example_store):
    with opened(browser, service.address) as window:
        page = window.page
        page.goto("/prompt?playlist=example")
        page.get_by_label("A few words").fill("calm harp")
        page.get_by_label("Length").select_option("two minutes")
        page.get_by_role("button", name="Make it").click()
        expect(page.get_by_role("heading", name="Making music")).to_be_visible(timeout=60_000)
        service.kill()
        expect(page.get_by_role("main").get_by_text(SILENT)).to_be_visible()
        expect(page.locator("#polite")).to_have_text(SILENT)
        window.check()
        service.start()
        expect(page.get_by_role("heading", name="It did not work")).to_be_visible(timeout=60_000)
        expect(page.locator("#urgent")).to_contain_text("the process that worked on it was killed")
        expect(page.get_by_role("main").get_by_text(SILENT)).not_to_be_visible()
        window.check()
        page.get_by_role("link", name="Ask again").click()
        expect(page.get_by_label("A few words")).to_have_value("calm harp")
        expect(page.get_by_text("It will sound like example")).to_be_visible()

        assert page.request.post("/generations?wait=true", data=SHORT).ok
        [made] = list_creations(example_store)
        page.goto(f"/studio/{made.id}")
        page.get_by_role("button", name="Repeat").click()
        page.get_by_role("button", name="Play", exact=True).click()
        page.get_by_role("button", name="Go on", exact=True).click()
        expect(page.get_by_text(re.compile("Making music: "))).to_be_visible()
        service.kill()
        expect(page.get_by_role("main").get_by_text(SILENT)).to_be_visible()
        expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
        service.start()
        change = page.get_by_role("region", name="Change it")
        expect(change.get_by_text("It did not work: the process")).to_be_visible(timeout=60_000)
        page.get_by_role("button", name="Try again").click()
        page.get_by_role("link", name="listen to it").click(timeout=60_000)
        window.piece()
        window.errors.clear()  # Chromium writes to its console whom it does not reach


@pytest.mark.slow
def test_an_ingest_outlives_the_service_that_started_it(service, browser):
    with opened(browser, service.address) as window:
        page = window.page
        page.goto("/playlist?example")
        page.get_by_role("button", name="Listen to it").click()
        step = page.get_by_role("listitem").filter(has_text="Fetching your songs")
        expect(step).to_have_class("done", timeout=240_000)
        service.kill()
        expect(page.get_by_role("main").get_by_text(SILENT)).to_be_visible()
        service.start()
        expect(page.get_by_role("main").get_by_text(SILENT)).not_to_be_visible(timeout=60_000)
        page.get_by_role("link", name="Say what to play").click(timeout=400_000)
        expect(page.get_by_text("It will sound like")).to_be_visible()
        window.errors.clear()  # Chromium writes to its console whom it does not reach
