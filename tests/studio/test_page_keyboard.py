"""The page with the keyboard alone: the way that docs/studio.md writes down."""

from playwright.sync_api import Page, expect

from resonance_core.store.creations import list_creations
from tests.studio.windows import FOCUSED, needs_chromium

pytestmark = needs_chromium
STEPS = 80
"""How many controls a screen may have."""


RING = """(() => {
    const { outlineWidth, outlineStyle } = getComputedStyle(document.activeElement);
    return `${outlineWidth} ${outlineStyle}`;
})()"""
"""What is drawn around the focused control."""


def reach(page: Page, name: str, key: str = "Tab") -> None:
    """Go from control to control until one is called so."""
    for _ in range(STEPS):
        page.keyboard.press(key)
        if name in page.evaluate(FOCUSED):
            ring = page.evaluate(RING)
            assert ring == "3px solid"
            return
    raise AssertionError(f"{name!r} cannot be reached")


def test_from_a_playlist_to_a_piece_with_the_keyboard_alone(window):
    page = window.page
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the main part"
    page.keyboard.press("Enter")

    reach(page, "Start with a playlist")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("link", name="example", exact=True)).to_be_visible()
    reach(page, "Address of a playlist")
    reach(page, "example")
    page.keyboard.press("Enter")
    reach(page, "A few words")
    page.keyboard.type("calm harp")
    reach(page, "Make it")
    page.keyboard.press("Enter")
    window.piece()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    slider = page.get_by_label("Bass resonance", exact=True)
    expect(slider).to_be_visible()
    page.keyboard.press("3")
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


def test_a_piece_is_varied_compared_and_removed_with_the_keyboard_alone(window, example_store):
    page = window.page
    asked = {"prompt": "calm harp", "duration_s": 0.5, "seed": 3}
    steer = {"playlist": "example", "strength": 1}
    assert page.request.post("/generations?wait=true", data=asked | steer).ok
    page.goto("/")
    reach(page, "calm harp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    for button, said in (
        ("Four more takes", "4 new takes are ready. They are in the list of versions."),
        ("Hear it without steering", "Without steering is ready. Compare plays it."),
    ):
        reach(page, button)
        page.keyboard.press("Enter")
        expect(page.locator("#polite")).to_have_text(said, timeout=60_000)
        assert button in page.evaluate(FOCUSED)
    page.keyboard.press("a")
    expect(page.locator("#polite")).to_have_text("You hear it without steering")
    reach(page, "Put away", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Change it")).to_be_focused()
    reach(page, "Advanced")
    page.keyboard.press("Enter")
    page.keyboard.press("]")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.locator("[aria-current]")).to_have_text("Take 2")
    page.keyboard.press("[")
    expect(page.locator("[aria-current]")).to_have_text("calm harp")

    reach(page, "Resonance", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_text("5 versions")).to_be_visible()
    reach(page, "5 versions")
    page.keyboard.press("Enter")
    reach(page, "Take 5")
    reach(page, "Remove")
    page.keyboard.press("Enter")
    reach(page, "Remove it")
    page.keyboard.press("Enter")
    expect(page.locator("#polite")).to_have_text("Removed calm harp: Take 5")
    assert len(list_creations(example_store)) == 5
