"""Pictures of every step of the studio's page, for the README.

``python -m tests.studio_screens`` takes them anew, of a service on a store of its own with the
playlist that comes along: some minutes, for the playlist is listened to first.
"""

import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from studio.app import create_app
from studio.settings import StudioSettings
from tests.prefect_screens import CHROMIUM, OPTIONS

FOLDER = Path("docs/studio")
WIDE = {"width": 800, "height": 640}
TALL = {"width": 800, "height": 1480}
NARROW = {"width": 320, "height": 640}
HEARD_MS = 600_000
DRAWN_MS = 600
"""How long a picture takes to stand still, which nothing on the page tells."""


def take(browser: Browser, address: str) -> None:
    """Go from the start to a piece and its variants, and keep a picture of each step."""
    page = _page(browser, address, "light", WIDE)
    page.goto("/playlist")
    page.get_by_label("Address of a playlist").fill("example")
    _keep(page, "playlist")
    page.get_by_role("button", name="Listen to it").click()
    expect(page.get_by_text("listened to").first).to_be_visible(timeout=HEARD_MS)
    _keep(page, "listening")
    page.get_by_role("link", name="Say what to play").click(timeout=HEARD_MS)
    page.get_by_role("button", name="slow piano").click()
    page.get_by_label("Length").select_option("20 seconds")
    _keep(page, "prompt")
    page.get_by_role("button", name="Make it").click()
    expect(page.locator("audio")).to_be_visible(timeout=HEARD_MS)
    page.wait_for_timeout(2000)
    _keep(page, "making")
    page.wait_for_url(re.compile("/studio/"), timeout=HEARD_MS)
    page.get_by_role("button", name="More bass").click()
    page.get_by_role("link", name="listen to it").click(timeout=HEARD_MS)
    expect(page.get_by_role("button", name="Compare")).to_be_visible()
    piece = page.url.removeprefix(address)
    page.get_by_role("button", name="Four more takes").click()
    expect(page.get_by_role("link", name="Take 5", exact=True)).to_be_visible(timeout=HEARD_MS)
    for colours, size, name in (
        ("light", TALL, "dashboard"),
        ("dark", WIDE, "dashboard-dark"),
        ("light", NARROW, "dashboard-320"),
        ("light", WIDE, "landing"),
    ):
        page = _page(browser, address, colours, size)
        page.goto("/" if name == "landing" else piece)
        if name == "landing":
            page.get_by_text(re.compile("5 versions")).click()
        else:
            page.get_by_label("Position", exact=True).fill("8")
            page.evaluate("document.activeElement.blur()")
        _keep(page, name)


def _page(browser: Browser, address: str, colours: str, size: dict[str, int]) -> Page:
    context = browser.new_context(
        base_url=address, viewport=size, color_scheme=colours, reduced_motion="reduce"
    )
    return context.new_page()


def _keep(page: Page, name: str) -> None:
    page.wait_for_load_state()
    page.wait_for_timeout(DRAWN_MS)
    page.screenshot(path=FOLDER / f"{name}.png")


@contextmanager
def serving() -> Iterator[str]:
    """Serve the studio on an empty store, and give its address."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESONANCE_STORE", f"{folder}/store")
        patch.setenv("XDG_DATA_HOME", f"{folder}/data")
        server = uvicorn.Server(
            uvicorn.Config(create_app(StudioSettings()), port=0, log_level="warning")
        )
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        server.should_exit = server.force_exit = True
        thread.join()


if __name__ == "__main__":
    with serving() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        take(browser, address)
        browser.close()
