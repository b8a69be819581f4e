"""Nothing moves away: neither while a screen loads, nor under the finger that presses."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from resonance_core.store.creations import list_creations
from tests.studio.windows import SIZES, needs_chromium

pytestmark = needs_chromium
ASKED = {"prompt": "calm harp", "duration_s": 0.5, "seed": 3, "playlist": "example", "strength": 1}
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) window.shifts.push(shift.value);
}).observe({ type: 'layout-shift', buffered: true });
"""
PLACE = "document.querySelector('[aria-label=\"More energy\"]').getBoundingClientRect().top"
SLOW = ("family", "concepts", "models", "health", "playlists", "creations", "steering")
SLOW_S = 0.2
"""How late an answer is, each later than the one before."""


@pytest.mark.parametrize("window", [SIZES["light"], SIZES["320 px"]], indirect=True)
def test_no_screen_moves_while_it_loads(window, example_store):
    page = window.page
    assert page.request.post("/generations?wait=true", data=ASKED).ok
    [made] = list_creations(example_store)
    page.add_init_script(SHIFTS)

    for place, name in enumerate(SLOW):
        page.route(f"**/{name}*", _late(SLOW_S * place / len(SLOW)))
    for path in ("/", "/playlist", "/prompt?playlist=example", f"/studio/{made.id}"):
        page.goto(path, wait_until="networkidle")
        page.wait_for_timeout(300)
        assert page.evaluate("window.shifts") == [], path


@pytest.mark.parametrize("window", [SIZES["light"], SIZES["320 px"]], indirect=True)
def test_a_button_stays_under_the_finger_while_a_version_is_made(window, example_store):
    page = window.page
    assert page.request.post("/generations?wait=true", data=ASKED).ok
    [made] = list_creations(example_store)
    page.goto(f"/studio/{made.id}")
    more = page.get_by_role("button", name="More energy")
    more.scroll_into_view_if_needed()
    more.click()
    before = page.evaluate(PLACE)
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    assert page.evaluate(PLACE) == before
    expect(page.get_by_role("link", name="listen to it")).to_be_visible(timeout=60_000)
    assert page.evaluate(PLACE) == before


def _late(seconds: float) -> Callable[[Route], None]:
    """Let answers come after a while."""

    def send(route: Route) -> None:
        time.sleep(seconds)
        route.continue_()

    return send
