"""The page of a service that wants a key, in a real Chromium."""

import pytest
from playwright.sync_api import Page, expect

from tests.studio.windows import SIZES, Window, make_piece, needs_chromium, opened

pytestmark = needs_chromium


@pytest.fixture
def locked_window(browser, locked_address, request):
    with opened(browser, locked_address, **getattr(request, "param", {})) as window:
        yield window


def enter(page: Page, key: str) -> None:
    """Give a key, with the keyboard."""
    page.get_by_label("Access key").fill(key)
    page.keyboard.press("Enter")


def test_the_key_is_asked_for_once_and_all_of_a_piece_can_be_had(locked_window: Window):
    page = locked_window.page
    page.goto("/playlist")
    enter(page, "wrong")
    trouble = page.get_by_role("group", name="That did not work")
    expect(trouble).to_be_focused()
    expect(trouble).to_contain_text("This is not the key of this studio")
    locked_window.errors.clear()  # Chromium writes the refusal to its console
    enter(page, "s3cret")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page).to_have_title("Choose your music - Resonance")

    make_piece(page)  # what is followed and heard carries no header
    locked_window.piece()
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_label("Position", exact=True)).not_to_have_value("0")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()
    assert download.value.path().read_bytes()[:4] == b"RIFF"
    assert page.evaluate("document.cookie") == ""
    page.reload()
    locked_window.piece()

    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="This studio is locked")).to_be_focused()
    page.goto("/")
    expect(page.get_by_label("Access key")).to_be_visible()
    expect(page.get_by_role("button", name="Log out")).to_have_count(0)


def test_a_session_that_has_ended_is_asked_for_where_somebody_is(locked_window: Window):
    page = locked_window.page
    page.goto("/prompt")
    enter(page, "s3cret")
    page.get_by_role("button", name="slow piano").click()
    page.context.clear_cookies()
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name="This studio is locked")).to_be_focused()
    locked_window.errors.clear()
    enter(page, "s3cret")
    expect(page.locator("textarea, input[type=text]").first).to_have_value(
        "slow piano for a rainy evening"
    )


@pytest.mark.parametrize("locked_window", SIZES.values(), ids=SIZES, indirect=True)
def test_nobody_is_kept_out_but_by_the_key(locked_window: Window):
    page = locked_window.page
    page.goto("/")
    expect(page.get_by_label("Access key")).to_be_visible()
    locked_window.check()
    enter(page, "wrong")
    expect(page.get_by_role("group", name="That did not work")).to_be_visible()
    locked_window.check()
    locked_window.errors.clear()
    enter(page, "s3cret")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    locked_window.check()


def test_without_a_key_there_is_nothing_to_log_out_of(window: Window):
    page = window.page
    page.goto("/")
    expect(page.get_by_role("link", name="Start with a playlist")).to_be_visible()
    expect(page.get_by_role("button", name="Log out")).to_have_count(0)
