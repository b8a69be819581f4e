"""What a screen reader is told: all that is news, once, and where the focus is afterwards."""

from playwright.sync_api import Page, expect

from resonance_core.store.creations import list_creations
from tests.studio.windows import needs_chromium

pytestmark = needs_chromium
ASKED = {"prompt": "calm harp", "duration_s": 0.5, "seed": 3}
LISTENS = """
window.told = [];
document.addEventListener('DOMContentLoaded', () => {
    const region = document.getElementById('polite');
    const note = () => region.textContent && window.told.push(region.textContent);
    new MutationObserver(note).observe(region, { childList: true });
});
"""
"""Keeps what the polite region said, as a screen reader would."""


def told(page: Page) -> list[str]:
    return list(page.evaluate("window.told.splice(0)"))


def test_a_piece_is_told_by_its_title_once_it_is_there(window, example_store):
    page = window.page
    assert page.request.post("/generations?wait=true", data=ASKED).ok
    page.add_init_script(LISTENS)
    page.goto("/")
    page.get_by_role("link", name="calm harp").click()
    expect(page.get_by_role("heading", level=1, name="calm harp")).to_be_focused()
    expect(page.locator("#polite")).to_have_text("calm harp")
    assert told(page) == ["calm harp"]
    expect(page).to_have_title("calm harp - Resonance")


def test_what_a_version_became_is_told_once(window, example_store):
    page = window.page
    assert page.request.post("/generations?wait=true", data=ASKED).ok
    [made] = list_creations(example_store)
    page.add_init_script(LISTENS)
    page.goto(f"/studio/{made.id}")
    ready = "4 new takes are ready. They are in the list of versions."
    for _ in range(2):  # the second time the same words are as new as the first
        expect(page.get_by_role("button", name="Four more takes")).to_be_visible()
        told(page)
        page.get_by_role("button", name="Four more takes").click()
        page.wait_for_function("ready => told.includes(ready)", arg=ready, timeout=60_000)
        heard = told(page)
        assert "Ready" not in heard
        assert len(heard) == len(set(heard)), heard


def test_words_that_are_said_again_are_news(window, example_store):
    page = window.page
    for seed in (3, 4):
        assert page.request.post("/generations?wait=true", data=ASKED | {"seed": seed}).ok
    page.add_init_script(LISTENS)
    page.goto("/")
    for place in (0, 1):
        page.get_by_role("button", name="Favourite: calm harp").nth(place).click()
        expect(page.get_by_role("button", name="Favourite: calm harp", pressed=True)).to_have_count(
            place + 1
        )
        page.wait_for_timeout(500)
    assert told(page) == ["Now a favourite"] * 2
    # What leaves the list takes the focus along: it goes to the heading above.
    page.get_by_label("Favourites only").check()
    expect(page.locator("#polite")).to_have_text("2 pieces")
    page.get_by_role("button", name="Favourite: calm harp").first.press("Enter")
    expect(page.get_by_role("heading", name="What you made")).to_be_focused()
    expect(page.get_by_role("button", name="Favourite: calm harp")).to_have_count(1)


def test_whoever_waits_on_cancel_is_not_lost_when_it_is_done(window, example_store):
    page = window.page
    job = page.request.post("/generations", data=ASKED | {"duration_s": 20}).json()["id"]
    page.goto(f"/making/{job}")
    expect(page.locator("audio")).to_have_js_property("paused", False, timeout=60_000)
    page.get_by_role("button", name="Cancel").focus()
    # It is heard still, or the next screen is there: in both the heading has the focus.
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=60_000)
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_a_link_to_a_piece_is_told_and_copied(window, example_store):
    page = window.page
    assert page.request.post("/generations?wait=true", data=ASKED).ok
    [made] = list_creations(example_store)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/studio/{made.id}")
    page.get_by_role("button", name="Share").press("Enter")
    expect(page.locator("#polite")).to_have_text("The link is there")
    expect(page.get_by_role("button", name="Share")).to_be_focused()
    page.get_by_role("button", name="Copy the link").press("Enter")
    expect(page.locator("#polite")).to_have_text("The link is copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(".address").inner_text()
