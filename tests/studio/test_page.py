"""The page in a real Chromium: with a mouse, with the keyboard alone, small, enlarged, reloaded."""

import re
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from resonance_core.store.creations import list_creations
from resonance_core.store.store import Store
from studio.app import create_app
from studio.page import WEB
from studio.settings import StudioSettings
from tests.prefect_screens import CHROMIUM, OPTIONS

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium: make chromium")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
FOCUSED = """(() => {
    const one = document.activeElement;
    return one.labels?.[0]?.textContent ?? one.textContent;
})()"""
"""What the focused control is called."""
SCRIPT_BYTES = 100_000
"""What a page may load of script."""


@pytest.fixture
def address(example_store: Store, little: StudioSettings) -> Iterator[str]:
    """A service with the playlist ``example``."""
    server = uvicorn.Server(uvicorn.Config(create_app(little), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(30)
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield browser
        browser.close()


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


@pytest.fixture
def window(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Window]:
    """A window of the size and colours that a test asks for."""
    context = browser.new_context(
        base_url=address, reduced_motion="reduce", **getattr(request, "param", {})
    )
    context.set_default_timeout(20_000)
    window = Window(context.new_page())
    yield window
    assert window.hosts == {urlsplit(address).netloc}
    assert window.errors == []
    context.close()


def make_piece(page: Page) -> None:
    """Go from the start to a piece, with a mouse."""
    page.goto("/")
    page.get_by_role("link", name="Start with a playlist").click()
    page.get_by_role("link", name="example", exact=True).click()
    page.get_by_role("button", name="slow piano").click()
    page.get_by_role("button", name="Make it").click()


def test_from_a_playlist_to_a_piece_and_its_variants_with_a_mouse(window, example_store):
    page = window.page
    make_piece(page)
    first = window.piece()
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    expect(page.get_by_label("Position", exact=True)).not_to_have_value("0")

    page.get_by_role("button", name="More bass resonance").click()
    expect(page.get_by_role("link", name="listen to it")).to_be_visible(timeout=60_000)
    # What plays goes on, and nothing has moved the focus.
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == "More bass resonance"
    page.get_by_role("link", name="listen to it").click()
    second = window.piece()
    assert second != first
    variant, original = list_creations(example_store)
    assert (variant.id, variant.parent, original.id) == (second, first, first)
    assert variant.request["sliders"] == {"bass": 0.1}

    page.get_by_label("What should change?").fill("less energy, and a unicorn")
    page.get_by_role("button", name="Change it").click()
    log = page.get_by_role("log")
    expect(log).to_contain_text("energy: 0 to -0.25")
    expect(page.get_by_role("link", name="listen to it")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Undo").click()
    expect(log).not_to_contain_text("energy")
    expect(page.get_by_label("Energy", exact=True)).to_have_attribute(
        "aria-valuetext", "energy as it is"
    )

    page.get_by_role("button", name="Share").click()
    link = page.locator(".address").inner_text()
    other = page.context.new_page()
    other.goto(link)
    expect(other.locator("audio")).to_have_js_property("readyState", 4)  # its sound is there
    other.close()

    page.go_back()
    assert page.url.endswith(first)
    page.go_forward()
    assert page.url.endswith(second)


def test_from_a_playlist_to_a_piece_with_the_keyboard_alone(window):
    page = window.page
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the main part"
    page.keyboard.press("Enter")

    def reach(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            label = page.evaluate(FOCUSED)
            if name in label:
                return
        raise AssertionError(f"{name!r} cannot be reached")

    reach("Start with a playlist")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("link", name="example", exact=True)).to_be_visible()
    reach("example")
    if "Listen" in page.evaluate("document.activeElement.textContent"):
        reach("example")
    page.get_by_role("link", name="example", exact=True).focus()
    page.keyboard.press("Enter")
    reach("A few words")
    page.keyboard.type("calm harp")
    reach("Make it")
    page.keyboard.press("Enter")
    window.piece()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    page.keyboard.press("3")
    slider = page.get_by_label("Bass resonance", exact=True)
    expect(slider).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageUp")
    expect(slider).to_have_value("0.6")
    page.keyboard.press("Home")
    expect(slider).to_have_value("0")
    page.keyboard.press("c")
    expect(page.get_by_label("What should change?")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).not_to_be_visible()


SIZES = {
    "light": {"color_scheme": "light", "viewport": {"width": 1000, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1000, "height": 800}},
    "320 px": {"viewport": {"width": 320, "height": 640}},
    # Twice as large is half as much room.
    "200 %": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
}


@pytest.mark.parametrize("window", SIZES.values(), ids=SIZES, indirect=True)
def test_every_screen_can_be_used_by_everybody(window, example_store):
    page = window.page
    make_piece(page)
    creation = window.piece()
    window.check()
    for path in ("/", "/playlist", "/prompt?playlist=example"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")
        window.check()
    page.goto(f"/studio/{creation}")
    page.get_by_role("button", name="Keys").click()
    window.check()


def test_nothing_is_lost_on_reload(window):
    page = window.page
    page.goto("/prompt?playlist=example")
    page.get_by_label("A few words").fill("calm harp")
    page.reload()
    expect(page.get_by_label("A few words")).to_have_value("calm harp")
    expect(page.get_by_role("main")).to_contain_text("It will sound like example")
    page.get_by_label("Length").select_option("two minutes")
    page.get_by_role("button", name="Make it").click()
    page.wait_for_url(re.compile("/making/"))
    page.reload()
    expect(page.get_by_role("heading", name="Playing")).to_be_visible()
    expect(page.locator("audio")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()


def test_what_cannot_be_used_is_said_beside_its_field(window):
    page = window.page
    page.goto("/playlist")
    page.get_by_label("Address of a playlist").fill("http://127.0.0.1/list")
    page.get_by_role("button", name="Listen to it").click()
    trouble = page.get_by_role("group", name="That did not work")
    expect(trouble).to_be_focused()
    expect(trouble).to_contain_text("Give the address of a public site")
    described = page.get_by_label("Address of a playlist").get_attribute("aria-describedby")
    assert "127.0.0.1" in page.locator(f"#{described}").inner_text()
    window.errors.clear()  # Chromium writes the refusal to its console


def test_the_page_is_small_and_loads_from_nowhere_else():
    scripts = list(WEB.rglob("*.js"))
    assert sum(path.stat().st_size for path in scripts) < SCRIPT_BYTES
    for path in scripts:
        if path.parent.name != "vendor":
            assert "http" not in re.sub(r"placeholder=\"https://\"", "", path.read_text())
