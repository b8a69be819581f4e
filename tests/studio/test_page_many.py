"""Long titles, words from right to left, many versions, many pieces."""

import pytest
from playwright.sync_api import expect

from resonance_core.store.creations import Creation, list_creations, save_creation
from tests.studio.windows import SIZES, needs_chromium

pytestmark = needs_chromium
ASKED = {"prompt": "calm harp", "duration_s": 0.5, "seed": 3}
LONG = "a very slow and tender piece for a rainy evening, with no end, " * 3
ONE_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 3
ARABIC = "موسيقى هادئة لمساء ماطر"


@pytest.fixture
def first(window, example_store) -> Creation:
    """A piece; what a test adds shares its sound."""
    assert window.page.request.post("/generations?wait=true", data=ASKED).ok
    [made] = list_creations(example_store)
    return made


def another(store, like: Creation, title: str = "calm harp", parent: str | None = None, **asked):
    creation = Creation(title=title, parent=parent, piece=like.piece, request=like.request | asked)
    save_creation(store, creation)
    return creation


@pytest.mark.parametrize("window", [SIZES["light"], SIZES["320 px"]], indirect=True)
def test_titles_of_any_length_and_direction_stay_in_the_column(window, example_store, first):
    page = window.page
    titles = (LONG.strip(), ONE_WORD, ARABIC)
    pieces = [another(example_store, first, title) for title in titles]
    page.goto("/")
    expect(page.get_by_role("link", name=ARABIC)).to_have_css("direction", "rtl")
    window.check()
    for piece in pieces:
        page.goto(f"/studio/{piece.id}")
        expect(page.get_by_role("heading", level=1)).to_have_text(piece.title)
        window.check()


@pytest.mark.parametrize("window", [SIZES["320 px"]], indirect=True)
def test_who_changes_a_piece_often_finds_all_versions(window, example_store, first):
    page = window.page
    last = first
    for number in range(30):
        last = another(example_store, first, parent=last.id, sliders={"energy": number / 30})
    page.goto(f"/studio/{last.id}")
    versions = page.get_by_role("region", name="Versions")
    expect(versions.get_by_role("link").first).not_to_be_visible()
    versions.get_by_text("All 31 versions").click()
    expect(versions.get_by_role("link")).to_have_count(31)
    # The deepest is as readable as the third.
    assert versions.get_by_role("link").last.bounding_box()["width"] > 150
    window.check()


def test_a_piece_and_its_versions_are_one_in_the_library_however_many(window, example_store, first):
    page = window.page
    for number in range(60):
        another(example_store, first, f"piece {number}")
        another(example_store, first, parent=first.id, seed=4 + number)
    page.goto("/")
    expect(page.get_by_text("50 of 61")).to_be_visible()
    expect(page.get_by_role("link", name="calm harp")).to_have_count(1)
    expect(page.get_by_text("60 versions")).to_be_visible()
    page.get_by_role("button", name="Show older ones").press("Enter")
    expect(page.get_by_text("61 of 61")).to_be_visible()
    expect(page.locator("#polite")).to_have_text("61 of 61")
    expect(page.locator("#older")).to_be_focused()  # the button that had the focus is gone
