"""The page for everybody: every state of every screen, in all colours, small and enlarged."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from resonance_core.store.creations import list_creations
from tests.studio.standins import walks_to
from tests.studio.windows import SIZES, needs_chromium, opened

pytestmark = needs_chromium
ASKED = {"prompt": "calm harp", "duration_s": 0.5, "seed": 3, "playlist": "example", "strength": 1}
LONG = {"prompt": "long", "duration_s": 100, "seed": 1}
ALL = {**SIZES, "forced colours": {"forced_colors": "active"}}

EDGES = """(() => {
    const light = (colour) => {
        const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255);
        const linear = (c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        const [r, g, b] = parts.map(linear);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = light(getComputedStyle(document.body).backgroundColor);
    return [...document.querySelectorAll('#source, #files + button')].map((one) => {
        const edge = light(getComputedStyle(one).borderTopColor);
        return (Math.max(edge, ground) + 0.05) / (Math.min(edge, ground) + 0.05);
    });
})()"""
"""How the edges of a field and of a button stand out from the ground."""


def rest(page: Page, heading: str) -> None:
    """Wait until a screen is there."""
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("window", ALL.values(), ids=ALL, indirect=True)
def test_the_screens_before_a_piece_can_be_used_by_everybody(window, monkeypatch):
    monkeypatch.setattr("studio.ingests.COMMAND", walks_to("extracting"))
    page = window.page
    for path, heading in (
        ("/", "Music that sounds like you"),
        ("/playlist", "Which music shall it sound like?"),
        ("/prompt?playlist=example", "What shall it play?"),
        ("/prompt", "What shall it play?"),
    ):
        page.goto(path)
        rest(page, heading)
        window.check()
    page.goto("/playlist")
    page.get_by_label("Address of a playlist").fill("http://127.0.0.1/list")
    page.get_by_role("button", name="Listen to it").click()
    expect(page.get_by_role("group", name="That did not work")).to_be_focused()
    window.check()
    page.get_by_label("Address of a playlist").fill("example")
    page.get_by_role("button", name="Listen to it").click()
    step = page.get_by_role("listitem").filter(has_text="Listening with the model")
    expect(step).to_have_attribute("aria-current", "step", timeout=60_000)
    window.check()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_focused()
    window.check()
    window.errors.clear()  # Chromium writes the refusal to its console


@pytest.mark.parametrize("window", ALL.values(), ids=ALL, indirect=True)
def test_the_screens_of_a_piece_can_be_used_by_everybody(window, example_store):
    page = window.page
    assert page.request.post("/generations?wait=true", data=ASKED).ok
    [made] = list_creations(example_store)
    first = page.request.post("/generations", data=LONG).json()["id"]
    page.goto(f"/studio/{made.id}")
    rest(page, "calm harp")
    page.get_by_role("button", name="Four more takes").click()  # it waits for the other
    expect(page.get_by_text("Waiting for its turn ...")).to_be_visible()
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_text("Whoever has this link")).to_be_visible()
    for more in ("Advanced", "Details", "A slider of your own"):
        page.get_by_text(more, exact=True).click()
    window.check()
    page.get_by_role("button", name="Keys").click()
    window.check()
    page.keyboard.press("Escape")

    page.goto(f"/making/{first}")
    # It never comes to rest: its sound goes on.
    expect(page.get_by_role("heading", name="Making music", level=1)).to_be_visible()
    expect(page.get_by_label("The piece while it is made")).to_be_visible()
    window.check()
    second = page.request.post("/generations", data=LONG | {"seed": 2}).json()["id"]
    page.goto(f"/making/{second}")
    rest(page, "Waiting for its turn")
    window.check()
    for job in (second, first):
        page.request.delete(f"/jobs/{job}")
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    window.check()
    while page.request.get("/jobs?active=true").json():
        page.wait_for_timeout(50)
    page.goto("/")
    page.get_by_text("4 versions").click()
    page.get_by_role("button", name="Remove: calm harp", exact=True).click()
    window.check()
    page.keyboard.press("Escape")
    for path in ("/making/unknown", "/studio/unknown"):
        page.goto(path)
        expect(page.get_by_role("group", name="That did not work")).to_be_focused()
        window.check()
    window.errors.clear()  # Chromium writes what is not found to its console


def test_nothing_moves_for_those_who_want_no_motion(browser, address):
    moves = "getComputedStyle(document.querySelector('main > *')).animationName"
    for wish, name in (("reduce", "none"), ("no-preference", "appear")):
        with opened(browser, address, reduced_motion=wish) as window:
            window.page.goto("/")
            expect(window.page.get_by_role("heading", level=1)).to_be_visible()
            assert window.page.evaluate(moves) == name


@pytest.mark.parametrize("window", [SIZES["light"], SIZES["dark"]], indirect=True)
def test_what_can_be_used_stands_out_from_the_ground(window):
    window.page.goto("/playlist")
    rest(window.page, "Which music shall it sound like?")
    edges = window.page.evaluate(EDGES)
    assert len(edges) == 2
    assert min(edges) >= 3  # WCAG 1.4.11, which axe does not measure


@pytest.mark.parametrize("window", [ALL["forced colours"]], indirect=True)
def test_the_main_button_can_be_read_in_forced_colours(window):
    window.page.goto("/")
    button = window.page.get_by_role("link", name="Start with a playlist")
    picture = Image.open(io.BytesIO(button.screenshot())).convert("RGB")
    width, height = picture.size
    words = list(picture.crop((20, height // 3, width - 20, 2 * height // 3)).getdata())
    ground = picture.getpixel((width // 2, 5))
    # A browser may lay a ground of its own behind words, which hides them.
    assert 0.5 < words.count(ground) / len(words) < 0.95
