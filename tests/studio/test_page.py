"""The page in a real Chromium: from a playlist to a piece, with a mouse and with the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from resonance_core.store.creations import list_creations
from studio.page import WEB
from tests.studio.windows import FOCUSED, SIZES, make_piece, needs_chromium

pytestmark = needs_chromium
SCRIPT_BYTES = 100_000
"""What a page may load of script."""


def test_from_a_playlist_to_a_piece_and_its_variants_with_a_mouse(window, example_store):
    page = window.page
    make_piece(page)
    first = window.piece()
    page.get_by_role("button", name="Repeat").click()  # a new version may take longer than it
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
