"""Cancelling on the page, in every state that a job can be in."""

import pytest
from playwright.sync_api import expect

from resonance_core.store.creations import list_creations
from resonance_core.store.jobs import list_jobs
from tests.studio.standins import STATES, walks_to
from tests.studio.windows import needs_chromium

pytestmark = needs_chromium
WORDS = (
    "Waiting for its turn",
    "Fetching your songs",
    "Preparing the sound",
    "Listening with the model",
    "Saving what it learned",
)
LONG = {"prompt": "long", "duration_s": 100, "seed": 1}


@pytest.mark.parametrize(("state", "words"), zip(STATES, WORDS, strict=True), ids=STATES)
def test_an_ingest_is_cancelled(window, store, monkeypatch, state, words):
    monkeypatch.setattr("studio.ingests.COMMAND", walks_to(state))
    page = window.page
    page.goto("/playlist?example")
    page.get_by_role("button", name="Listen to it").click()
    step = page.get_by_role("listitem").filter(has_text=words)
    expect(step).to_have_attribute("aria-current", "step", timeout=60_000)
    page.reload()
    expect(step).to_have_attribute("aria-current", "step")
    page.get_by_role("button", name="Cancel").press("Enter")
    expect(page.get_by_role("heading", name="Cancelled")).to_be_focused(timeout=30_000)
    expect(page.get_by_text("What was finished is kept")).to_be_visible()
    expect(page.locator("#polite")).to_have_text("Cancelled")
    page.reload()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    [job] = list_jobs(store)
    assert job.state == "cancelled"
    page.get_by_role("link", name="Choose again").click()
    expect(page.get_by_role("button", name="Listen to it")).to_be_visible()


def test_a_piece_is_cancelled_while_it_waits_and_while_it_plays(window, store):
    page = window.page
    page.goto("/prompt?playlist=example")
    page.get_by_label("A few words").fill("calm harp")
    page.get_by_label("Length").select_option("two minutes")
    first = page.request.post("/generations", data=LONG).json()["id"]
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("One other comes first.")).to_be_visible()
    page.get_by_role("button", name="Cancel").press("Enter")
    expect(page.get_by_role("heading", name="Cancelled")).to_be_focused()
    page.request.delete(f"/jobs/{first}")
    page.get_by_role("link", name="Ask again").click()
    expect(page.get_by_label("A few words")).to_have_value("calm harp")
    expect(page.get_by_label("Length")).to_have_value("120")
    expect(page.get_by_text("It will sound like example")).to_be_visible()
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name="Making music")).to_be_visible()
    expect(page.locator("audio")).to_be_visible()
    page.get_by_role("button", name="Cancel").press("Enter")
    expect(page.get_by_role("heading", name="Cancelled")).to_be_focused()
    assert {job.state for job in list_jobs(store)} == {"cancelled"}
    assert list_creations(store) == []


def test_a_version_is_cancelled_where_it_was_asked_for(window, store):
    page = window.page
    short = {"prompt": "calm harp", "duration_s": 0.5, "seed": 3}
    assert page.request.post("/generations?wait=true", data=short).ok
    [made] = list_creations(store)
    page.goto(f"/studio/{made.id}")
    page.get_by_label("Go on for").select_option("half a minute")
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(page.get_by_text("Making music: ")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Making music: ")).to_be_visible()
    cancel = page.get_by_role("button", name="Cancel")
    cancel.press("Enter")
    expect(page.get_by_role("button", name="Put away")).to_be_focused()
    expect(page.get_by_text("Cancelled.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Cancelled.")).not_to_be_visible()
    assert list_creations(store) == [made]
