"""The page as tests see it: windows in a real Chromium, and what they watch for."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.prefect_screens import CHROMIUM

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
FOCUSED = """(() => {
    const one = document.activeElement;
    // The text of what only holds controls, such as the whole page, is the name of none.
    if (!one.matches('a, button, input, select, summary, textarea')) return '';
    return one.labels?.[0]?.textContent ?? one.textContent;
})()"""
"""What the focused control is called; nothing where none has the focus."""
SIZES = {
    "light": {"color_scheme": "light", "viewport": {"width": 1000, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1000, "height": 800}},
    "320 px": {"viewport": {"width": 320, "height": 640}},
    # Twice as large is half as much room.
    "200 %": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
}
needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium: make chromium")


class Window:
    """A page, and what went wrong or out of it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.hosts: set[str] = set()
        self.errors: list[str] = []
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda line: self.errors.append(line.text) if line.type == "error" else None,
        )

    def check(self) -> None:
        """Find nothing that keeps people out, in the colours that are shown."""
        found = Axe().run(self.page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0

    def piece(self) -> str:
        """Wait for a piece, and return its creation's id."""
        self.page.wait_for_url(re.compile("/studio/"), timeout=60_000)
        expect(self.page.get_by_role("button", name="Play", exact=True)).to_be_visible()
        return self.page.url.rsplit("/", 1)[-1]


@contextmanager
def opened(browser: Browser, address: str, **options: Any) -> Iterator[Window]:
    """A window, which asks nobody else for anything, and whose scripts do not fail."""
    context = browser.new_context(base_url=address, **{"reduced_motion": "reduce", **options})
    context.set_default_timeout(20_000)
    window = Window(context.new_page())
    try:
        yield window
    finally:
        context.close()
    # pytest shows the sides of comparisons in files of tests only.
    assert window.hosts == {urlsplit(address).netloc}, window.hosts
    assert window.errors == [], window.errors


def make_piece(page: Page) -> None:
    """Go from the start to a piece, with a mouse."""
    page.goto("/")
    page.get_by_role("link", name="Start with a playlist").click()
    page.get_by_role("link", name="example", exact=True).click()
    page.get_by_role("button", name="slow piano").click()
    page.get_by_role("button", name="Make it").click()
