"""The page where something would leave this machine: it is shown and asked for first."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from flows.settings import Settings
from resonance_core.store.store import Store
from studio.settings import StudioSettings
from tests.gemini_server import GeminiServer
from tests.lyria_server import KEY, LyriaServer
from tests.studio.conftest import serving
from tests.studio.windows import SIZES, Window, needs_chromium, opened

pytestmark = needs_chromium
ASKS = "Shall this be sent?"
GEMINI = "Quick impression by Gemini"


@pytest.fixture
def hosted(
    browser: Browser,
    lyria: LyriaServer,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Window]:
    """A window of a service that plays with Lyria."""
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    settings = StudioSettings(
        pipeline=Settings(config="lyria", overrides=("lyria.timeout_s=20", "lyria.pause_s=0.01"))
    )
    with (
        serving(settings) as address,
        opened(browser, address, **getattr(request, "param", {})) as window,
    ):
        yield window
        window.errors.clear()  # Chromium writes each refusal to its console


def answer(page: Page, name: str) -> None:
    dialog = page.get_by_role("dialog", name=ASKS)
    dialog.get_by_role("button", name=name).click()
    expect(dialog).not_to_be_visible()


def test_without_a_key_nobody_offers_gemini(window, monkeypatch):
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    monkeypatch.delenv("GOOGLE_API_KEY", raising=False)
    page = window.page
    page.goto("/playlist")
    expect(page.get_by_label("Quick impression (seconds)")).to_be_visible()
    expect(page.get_by_role("link", name="example")).to_be_visible()
    expect(page.get_by_label(GEMINI)).not_to_be_visible()


@pytest.mark.parametrize("window", [SIZES["light"], SIZES["320 px"]], indirect=True)
def test_gemini_hears_a_playlist_once_somebody_agrees(window, gemini: GeminiServer):
    page = window.page
    page.goto("/playlist?example")
    page.get_by_label(GEMINI).check()
    window.check()
    listen = page.get_by_role("button", name="Listen to it")
    listen.click()
    dialog = page.get_by_role("dialog", name=ASKS)
    expect(dialog).to_contain_text(
        re.compile(
            r"a clip of each of 6 tracks, without its name, 180 s and 1\.4 MB in all, to "
            r"gemini-3\.8-flash at localhost:\d+, for 0\.\d\d US dollars at most",
        ),
        timeout=60_000,
    )
    expect(dialog.get_by_role("checkbox")).to_have_count(0)  # each playlist is asked for
    expect(dialog.get_by_role("button", name="Send nothing")).to_be_focused()
    window.check()
    page.keyboard.press("Escape")
    expect(page.locator("#polite")).to_have_text("Nothing was sent")
    expect(listen).to_be_focused()
    assert gemini.asked == []
    assert page.request.get("/jobs").json() == []
    listen.click()
    answer(page, "Send it")
    expect(page.get_by_role("heading", name="by Gemini of your music")).to_be_visible()
    page.get_by_role("link", name="Say what to play").click(timeout=60_000)
    expect(page.get_by_role("heading", name="A quick impression by Gemini")).to_be_visible()
    expect(page.get_by_label("A few words")).to_have_value(re.compile("Trip Hop", re.I))
    window.check()
    assert gemini.kinds() == ["POST generateContent"]
    window.errors.clear()  # Chromium writes the refusal to its console


def test_of_an_address_the_most_is_shown_and_nothing_fetched(window, gemini, monkeypatch):
    monkeypatch.setattr("studio.sources.check_public", lambda _: None)
    page = window.page
    page.goto("/playlist")
    page.get_by_label(GEMINI).check()
    page.get_by_label("Address of a playlist").fill("https://music.example/list")
    page.get_by_role("button", name="Listen to it").click()
    expect(page.get_by_role("dialog", name=ASKS)).to_contain_text(
        "a clip of each of at most 20 tracks, without its name, at most 600 s and 4.8 MB in all"
    )
    answer(page, "Send nothing")
    assert gemini.asked == []
    assert page.request.get("/jobs").json() == []
    window.errors.clear()  # Chromium writes the refusal to its console


@pytest.mark.parametrize("hosted", [SIZES["dark"], SIZES["320 px"]], indirect=True)
def test_each_piece_of_a_hosted_model_is_asked_for(hosted, lyria):
    page = hosted.page
    page.goto("/prompt")
    expect(page.get_by_text("The model here cannot follow a melody.")).to_be_visible()
    page.get_by_role("button", name="slow piano").click()
    make = page.get_by_role("button", name="Make it")
    make.click()
    dialog = page.get_by_role("dialog", name=ASKS)
    expect(dialog).to_contain_text("the words “slow piano for a rainy evening” and guidance 4")
    expect(dialog).to_contain_text("to models/lyria-realtime-exp at 127.0.0.1")
    hosted.check()
    answer(page, "Send nothing")
    expect(make).to_be_focused()
    assert (lyria.sessions, page.request.get("/jobs").json()) == ([], [])
    make.click()
    answer(page, "Send it")
    first = hosted.piece()
    assert len(lyria.sessions) == 1

    # What cannot work there is not offered, and that is said.
    expect(page.get_by_text("it has no sliders of your own")).to_be_visible()
    expect(page.get_by_text("cannot go on from a piece")).to_be_visible()
    for name in ("A slider of your own", "Advanced"):
        expect(page.get_by_text(name, exact=True)).not_to_be_visible()
    expect(page.get_by_role("button", name="Go on", exact=True)).not_to_be_visible()
    hosted.check()

    # Each variant is asked for, until somebody wants no more of it: in this page only.
    page.get_by_role("button", name="More bass").click()
    expect(dialog).to_be_visible()
    answer(page, "Send nothing")
    assert len(lyria.sessions) == 1
    page.get_by_role("button", name="More bass").click()
    dialog.get_by_label("Do not ask again on this page").check()
    hosted.check()
    answer(page, "Send it")
    expect(page.get_by_role("link", name="listen to it")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="More energy").click()
    versions = page.get_by_role("region", name="Versions").get_by_role("link")
    expect(versions).to_have_count(3, timeout=60_000)
    assert len(lyria.sessions) == 3
    page.goto(f"/studio/{first}")
    page.get_by_role("button", name="More tempo").click()
    expect(dialog).to_be_visible()
    answer(page, "Send nothing")
    assert len(lyria.sessions) == 3


def test_a_hosted_model_does_not_listen_closely(hosted):
    page = hosted.page
    page.goto("/playlist")
    expect(page.get_by_text("does not show what it hears")).to_be_visible()
    expect(page.get_by_label("Listen closely (minutes)")).not_to_be_visible()
    expect(page.get_by_label("Quick impression (seconds)")).to_be_checked()
    hosted.check()
