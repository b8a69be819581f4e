"""More of a piece: takes, its continuation, comparing, and the library."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from resonance_core.store.creations import Creation, list_creations, load_creation
from tests.studio.windows import Window, needs_chromium

pytestmark = needs_chromium
ASKED = {"prompt": "calm harp", "duration_s": 0.5, "seed": 3, "playlist": "example", "strength": 1}
HEARS = "document.querySelector('audio').src"


@pytest.fixture
def creation(window: Window, example_store) -> Creation:
    """A short piece, which the window shows."""
    answer = window.page.request.post("/generations?wait=true", data=ASKED)
    assert answer.ok, answer.text()
    [made] = list_creations(example_store)
    window.page.goto(f"/studio/{made.id}")
    expect(window.page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    return made


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def test_takes_come_together_and_a_piece_goes_on(window, creation, example_store):
    page = window.page
    page.get_by_role("button", name="Four more takes").click()
    expect(page.get_by_role("link", name="listen to the first")).to_be_visible(timeout=60_000)
    assert focused(page) == "Four more takes"
    versions = page.get_by_role("region", name="Versions")
    expect(versions.get_by_role("link")).to_have_text(
        ["calm harp", *(f"Take {number}" for number in (2, 3, 4, 5))]
    )
    page.get_by_label("Go on for").select_option("20 seconds")
    page.get_by_role("button", name="Go on", exact=True).click()
    page.get_by_role("link", name="listen to it").click(timeout=60_000)
    window.piece()
    expect(page.get_by_label("Position", exact=True)).to_have_attribute(
        "aria-valuetext", "0:00 of 0:20"
    )
    longer, *takes, first = list_creations(example_store)
    assert (longer.parent, longer.request["continues"]) == (creation.id, creation.piece)
    assert {take.parent for take in takes} == {creation.id} == {first.id}
    window.check()


def test_a_piece_is_compared_with_itself_without_steering(window, creation):
    page = window.page
    page.get_by_label("Switch to a new version").check()
    page.get_by_role("button", name="Repeat").click()
    page.get_by_role("button", name="Play", exact=True).click()
    heard = page.evaluate(HEARS)
    button = page.get_by_role("button", name="Hear it without steering")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").last).to_have_text(
        "Without steering is ready. Compare plays it.", timeout=60_000
    )
    # What plays goes on, and so does whoever has the focus.
    assert page.evaluate(HEARS) == heard
    assert page.url.endswith(creation.id)
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You hear it without steering.")).to_be_visible()
    twin = re.search(r"creations/([\w-]+)/", page.evaluate(HEARS)).group(1)
    made = page.request.get(f"/creations/{twin}").json()["made"]
    assert (made["steering"], made["seed"]) == ([], 3)
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    page.keyboard.press("a")
    assert page.evaluate(HEARS) == heard
    page.get_by_label("Switch to a new version").uncheck()

    page.get_by_role("button", name="More energy").click()
    page.get_by_role("link", name="A little more energy").click(timeout=60_000)
    window.piece()
    expect(page.get_by_role("button", name="Compare")).to_be_visible()
    told = [page.locator(".heard").inner_text()]
    for _ in range(2):
        page.get_by_role("button", name="Compare").click()
        told.append(page.locator(".heard").inner_text())
    assert told == [
        "You hear this version.",
        "You hear the version before.",
        "You hear it without steering.",
    ]


def test_the_library_keeps_versions_together_and_asks_before_it_removes(
    window, creation, example_store
):
    page = window.page
    location = page.request.post(f"/creations/{creation.id}/variants", data={"seed": 9})
    expect(page.get_by_role("link", name="Take 7")).to_have_count(0)
    while page.request.get(location.headers["location"]).json()["state"] != "completed":
        page.wait_for_timeout(50)
    page.goto("/")
    expect(page.get_by_role("link", name="Take 7")).to_be_hidden()
    page.get_by_text("1 version", exact=True).click()
    expect(page.get_by_role("link", name="Take 7")).to_be_visible()
    window.check()
    page.get_by_role("button", name="Favourite: calm harp: Take 7").click()
    page.get_by_label("Favourites only").check()
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(1)
    page.get_by_label("Favourites only").uncheck()
    page.get_by_label("Search").fill("drums")
    expect(page.get_by_text("Nothing of what you made is like that.")).to_be_visible()
    page.get_by_label("Search").fill("harp")

    remove = page.get_by_role("button", name="Remove: calm harp", exact=True).first
    remove.click()
    dialog = page.get_by_role("dialog", name="Remove calm harp?")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    window.check()
    page.keyboard.press("Escape")
    expect(remove).to_be_focused()
    assert len(list_creations(example_store)) == 2
    page.get_by_label("Search").fill("")
    page.get_by_role("button", name="Remove: calm harp", exact=True).click()
    dialog.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("status")).to_have_text("Removed calm harp")
    expect(page.get_by_role("heading", name="What you made")).to_be_focused()
    [left] = list_creations(example_store)
    assert left.request["seed"] == 9


def test_an_exported_piece_is_taken_in_and_plays_the_same(
    window, creation, example_store, tmp_path: Path
):
    page = window.page
    page.get_by_text("Details", exact=True).click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="With all it takes to make it again").click()
    downloading.value.save_as(tmp_path / "calm-harp.zip")
    page.goto("/")
    page.locator("#parcel").set_input_files(tmp_path / "calm-harp.zip")
    again = load_creation(example_store, window.piece())
    assert (again.id != creation.id, again.piece) == (True, creation.piece)
    (tmp_path / "other.zip").write_bytes(b"not a piece")
    page.goto("/")
    page.locator("#parcel").set_input_files(tmp_path / "other.zip")
    expect(page.get_by_role("group", name="That did not work")).to_be_focused()
    window.check()
    window.errors.clear()  # Chromium writes the refusal to its console
