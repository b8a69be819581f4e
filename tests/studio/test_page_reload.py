"""Reloading the page in every step: nothing that was typed, chosen or asked for is lost."""

import re

from playwright.sync_api import expect

from resonance_core.store.creations import list_creations
from tests.studio.windows import needs_chromium

pytestmark = needs_chromium
SHORT = {"prompt": "calm harp", "duration_s": 0.5, "seed": 3}


def test_what_was_typed_and_chosen_before_a_piece_is_kept(window):
    page = window.page
    page.goto("/playlist")
    page.get_by_label("Address of a playlist").fill("https://music.example/list")
    page.get_by_label("Quick impression").check()
    page.reload()
    expect(page.get_by_label("Address of a playlist")).to_have_value("https://music.example/list")
    expect(page.get_by_label("Quick impression")).to_be_checked()

    page.goto("/prompt?playlist=example")
    page.get_by_label("A few words").fill("calm harp")
    page.get_by_label("Length").select_option("two minutes")
    page.get_by_text("More", exact=True).click()
    page.get_by_label("Seed").fill("7")
    page.reload()
    expect(page.get_by_label("A few words")).to_have_value("calm harp")
    expect(page.get_by_label("Length")).to_have_value("120")
    expect(page.get_by_label("Seed")).to_have_value("7")
    expect(page.get_by_role("main")).to_contain_text("It will sound like example")


def test_a_piece_goes_on_being_made(window):
    page = window.page
    page.goto("/prompt?playlist=example")
    page.get_by_label("A few words").fill("calm harp")
    page.get_by_label("Length").select_option("two minutes")
    page.get_by_role("button", name="Make it").click()
    page.wait_for_url(re.compile("/making/"))
    page.reload()
    expect(page.get_by_role("heading", name="Making music")).to_be_visible()
    expect(page.locator("audio")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()


def test_what_was_said_and_moved_on_the_dashboard_is_kept(window, store):
    page = window.page
    assert page.request.post("/generations?wait=true", data=SHORT).ok
    [made] = list_creations(store)
    page.goto(f"/studio/{made.id}")
    page.get_by_label("What should change?").fill("less energy")
    page.get_by_role("button", name="Change it").click()
    page.get_by_label("What should change?").fill("more ba")
    expect(page.get_by_role("log")).to_contain_text("energy: 0 to -0.25")
    page.reload()
    expect(page.get_by_label("What should change?")).to_have_value("more ba")
    expect(page.get_by_role("log")).to_contain_text("energy: 0 to -0.25")
    expect(page.get_by_label("Energy", exact=True)).to_have_value("-0.25")
    expect(page.get_by_role("link", name="listen to it")).to_be_visible(timeout=60_000)
    page.reload()
    expect(page.get_by_role("link", name="listen to it")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Energy", exact=True)).to_have_value("0")
