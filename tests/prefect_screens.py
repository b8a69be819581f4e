"""Prefect's UI in a real Chromium: a run from a deployment's form, and pictures of what is shown.

``python -m tests.prefect_screens`` takes the README's pictures anew, of what `make up` started.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from playwright.sync_api import Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
RUN_ENDS_MS = 600_000
DRAWN_MS = 2_000
"""How long a picture takes to stand still, which nothing on the page tells."""


class Screens:
    """One browser window, of which pictures are kept.

    Attributes:
        hosts: Whom it asked for anything.
    """

    def __init__(self, page: Page, folder: Path) -> None:
        self.hosts: set[str] = set()
        self._page = page
        self._folder = folder
        page.on("request", lambda request: self._note(urlsplit(request.url)))

    def deployments(self) -> None:
        """Show what can be run."""
        self._page.goto("/deployments")
        expect(self._page.get_by_role("link", name="evaluate", exact=True)).to_be_visible()
        self._keep("deployments")

    def ingest(self, source: str, name: str, *overrides: str) -> None:
        """Ingest a playlist by the form, and wait until the run has completed."""
        page = self._page
        page.goto("/deployments")
        page.get_by_role("link", name="ingest", exact=True).first.click()
        page.get_by_role("button", name="Run", exact=True).click()
        page.get_by_text("Custom run").click()
        fields = page.locator("textarea")  # source, name, config, and one for each override
        expect(fields).to_have_count(3)
        fields.nth(0).fill(source)
        fields.nth(1).fill(name)
        for number, override in enumerate(overrides, start=3):
            page.get_by_role("button", name="Add item").click()
            fields.nth(number).fill(override)
        self._keep("form")
        page.get_by_role("button", name="Submit").click()
        page.get_by_role("button", name="View run").last.click()
        page.wait_for_url("**/runs/flow-run/**")
        expect(page.get_by_role("button", name="Retry")).to_be_visible(timeout=RUN_ENDS_MS)
        expect(page.get_by_text("Completed", exact=True)).to_be_visible()

    def run_and_artifacts(self, name: str) -> None:
        """Show the run that the window is at: its graph, and what it leaves of a playlist."""
        page = self._page
        run = page.url
        shown = {
            "report": (f"{name}-report", page.get_by_role("img", name="Calibration")),
            "tracks": (f"{name}-tracks", page.get_by_role("table")),
            "progress": ("Progress", page.get_by_text("100%")),
        }
        for picture, (card, content) in shown.items():
            page.goto(run)
            page.locator("#artifacts").click()
            page.get_by_role("link", name=card).scroll_into_view_if_needed()
            self._keep("run")
            page.get_by_role("link", name=card).click()
            content.scroll_into_view_if_needed()
            self._keep(picture)

    def _note(self, url: SplitResult) -> None:
        if url.scheme not in ("data", "blob"):  # which the page holds itself
            self.hosts.add(url.netloc)

    def _keep(self, name: str) -> None:
        self._page.wait_for_timeout(DRAWN_MS)
        self._page.screenshot(path=self._folder / f"{name}.png")


@contextmanager
def screens(url: str, folder: Path) -> Iterator[Screens]:
    """Open a window of Prefect's UI, 1280 pixels wide."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        page = browser.new_page(base_url=url, viewport={"width": 1280, "height": 900})
        yield Screens(page, folder)
        browser.close()


if __name__ == "__main__":
    from flows.stack import Stack

    with screens(str(Stack().url), Path("docs/prefect")) as window:
        window.ingest("examples/playlists/fantasy", "fantasy", "resolve.max_tracks=6")
        window.run_and_artifacts("fantasy")
        window.deployments()
