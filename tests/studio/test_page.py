"""The page in a real Chromium: from a playlist to a piece, with a mouse and with the keyboard."""

import gzip
import re
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from resonance_core.store.creations import list_creations
from studio.page import WEB
from tests.studio.windows import make_piece, needs_chromium

pytestmark = needs_chromium
SCRIPT_BYTES = 100_000
"""What the page may load of script, not compressed."""
ADDRESSES = {
    "landing": "/",
    "playlist": "/playlist",
    "prompt": "/prompt",
    "making": "/making/none",
    "dashboard": "/studio/none",
}


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


@pytest.mark.parametrize("screen", ADDRESSES)
def test_a_screen_loads_little_script(window, screen):
    loaded = []
    window.page.on(
        "response",
        lambda answer: loaded.append(answer) if answer.request.resource_type == "script" else None,
    )
    window.page.goto(ADDRESSES[screen], wait_until="networkidle")
    names = {urlsplit(answer.url).path.removeprefix("/web/") for answer in loaded}
    assert {name for name in names if name.startswith("screens/")} == {f"screens/{screen}.js"}
    assert sum((WEB / name).stat().st_size for name in names) < SCRIPT_BYTES
    window.errors.clear()  # Chromium writes to its console that there is no such piece


def test_a_screen_whose_script_does_not_come_is_tried_again(window):
    page = window.page
    page.goto("/")
    page.route("**/screens/playlist.js", lambda route: route.abort())
    page.get_by_role("link", name="Start with a playlist").click()
    expect(page.get_by_role("heading", name="The studio does not answer")).to_be_focused()
    window.check()
    page.unroute("**/screens/playlist.js")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Which music shall it sound like?")).to_be_visible()
    window.errors.clear()  # Chromium writes to its console what did not come


def test_scripts_are_sent_compressed(address):
    for path in WEB.rglob("*.js"):
        wanted = Request(f"{address}/web/{path.relative_to(WEB)}")
        wanted.add_header("Accept-Encoding", "gzip")
        with urlopen(wanted) as answer:
            sent = answer.read()
        plain = gzip.decompress(sent) if answer.headers["Content-Encoding"] == "gzip" else sent
        assert plain == path.read_bytes()


def test_scripts_name_no_other_host():
    for path in WEB.rglob("*.js"):
        if path.parent.name != "vendor":
            assert "http" not in re.sub(r"placeholder=\"https://\"", "", path.read_text())
