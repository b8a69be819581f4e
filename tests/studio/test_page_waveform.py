"""The waveform: what was played, how loud it is, when it is steered, in all colours."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from resonance_core.store.creations import list_creations
from tests.studio.windows import SIZES, needs_chromium

pytestmark = needs_chromium
COLOURS = """names => {
    const probe = document.createElement('i');
    document.body.append(probe);
    const found = names.map((name) => {
        probe.style.color = `var(${name})`;
        const pen = document.createElement('canvas').getContext('2d');
        pen.fillStyle = getComputedStyle(probe).color;
        pen.fillRect(0, 0, 1, 1);
        return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
    });
    probe.remove();
    return found;
}"""
STRIP = 14
"""Below the wave, where marks say when it is steered, in pixels."""
ASKED = {"prompt": "calm harp", "duration_s": 2, "seed": 3, "playlist": "example", "strength": 1}


@pytest.fixture
def piece(window, example_store) -> Page:
    """A window with a steered piece."""
    assert window.page.request.post("/generations?wait=true", data=ASKED).ok
    [made] = list_creations(example_store)
    window.page.goto(f"/studio/{made.id}")
    expect(window.page.locator("canvas")).to_be_visible()
    window.page.wait_for_load_state("networkidle")
    return window.page


def share_of(page: Page, name: str, strip: bool = False) -> tuple[float, float]:
    """How much of the left and the right half of the waveform, or of its strip, has a colour."""
    [colour] = page.evaluate(COLOURS, [name])
    picture = Image.open(io.BytesIO(page.locator("canvas").screenshot())).convert("RGB")
    width, height = picture.size
    top, bottom = (height - STRIP, height) if strip else (0, height - STRIP)
    halves = ((0, width // 2 - 2), (width // 2 + 2, width))
    pixels = [list(picture.crop((left, top, right, bottom)).getdata()) for left, right in halves]
    left, right = (half.count(tuple(colour)) / len(half) for half in pixels)
    return left, right


COLOURED = [SIZES["light"], SIZES["dark"], {"forced_colors": "active"}]


@pytest.mark.parametrize("window", COLOURED, ids=["light", "dark", "forced"], indirect=True)
def test_the_part_that_was_played_has_the_accent_colour(piece):
    assert share_of(piece, "--accent") == (0, 0)
    assert min(share_of(piece, "--faint")) > 0.02
    piece.get_by_label("Position", exact=True).fill("1")
    played, rest = share_of(piece, "--accent")
    assert (played > 0.02, rest) == (True, 0)
    played, rest = share_of(piece, "--faint")
    assert (played, rest > 0.02) == (0, True)


def test_a_mark_says_when_steering_sets_in_and_ends(piece):
    assert min(share_of(piece, "--accent", strip=True)) > 0.03  # from start to end
    location = piece.url.rsplit("/", 1)[-1]
    steer = {"start_s": 0, "end_s": 0.8, "ramp_s": 0.2}
    piece.route(f"**/creations/{location}", lambda route: _steered(route, steer))
    piece.reload()
    piece.wait_for_load_state("networkidle")
    steered, rest = share_of(piece, "--accent", strip=True)
    assert (steered > 0.03, rest) == (True, 0)
    piece.get_by_text("Details", exact=True).click()
    expect(piece.get_by_text("from 0:00 to 0:00, setting in and fading")).to_be_visible()


def _steered(route: Route, steer: dict[str, float]) -> None:
    answer = route.fetch()
    found = answer.json()
    found["made"]["steer"] |= steer
    route.fulfill(response=answer, json=found)
