import re

import pytest

from studio.accent import accent
from studio.page import WEB

STYLE = (WEB / "style.css").read_text()
THEMES = {
    "light": re.search(r"^:root \{(.+?)\}", STYLE, re.DOTALL | re.MULTILINE)[1],
    "dark": re.search(r"^:root\[data-theme='dark'\] \{(.+?)\}", STYLE, re.DOTALL | re.MULTILINE)[1],
}


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_the_accent_of_every_hue_can_be_read(theme):
    named = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", THEMES[theme]))
    against = [named[name] for name in ("ground", "field", "on-accent")]
    for hue in range(720):
        colour = getattr(accent(hue / 2), theme)
        assert min(contrast(colour, other) for other in against) >= 4.5, (hue / 2, colour)


def test_hues_are_different_colours():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    reds, greens, blues = (accent(hue).light for hue in (29, 142, 264))
    assert int(reds[1:3], 16) > 2 * int(reds[3:5], 16)
    assert int(greens[3:5], 16) > 2 * int(greens[1:3], 16)
    assert int(blues[5:7], 16) > 2 * int(blues[1:3], 16)
    assert accent(0).dark == accent(360).dark
