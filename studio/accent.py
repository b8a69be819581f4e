"""Accent: the colour of a playlist, readable on the page's grounds whatever its hue."""

import math

from pydantic import BaseModel

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.errors import ModelError, NotInStoreError
from resonance_core.stages.part import Part
from resonance_core.stages.reference import reference
from resonance_core.stages.vocabulary import vocabulary
from resonance_core.store.store import Store

LIGHT, DARK = (0.50, 0.13), (0.78, 0.12)
"""Lightness and chroma of the accent on a light and on a dark ground, in OKLCH."""


class Accent(BaseModel):
    """A colour for both themes."""

    hue: float
    """In degrees; playlists that the model hears alike have nearly the same."""
    light: str
    """As CSS writes it, for a light ground."""
    dark: str
    """Likewise, for a dark one."""


def accent_of(
    direction: str, config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> Accent | None:
    """Return the accent of a direction; None while the model's words are not known.

    Args:
        direction: Its key.
        config: The model, and how it hears.
        store: Holds the direction; nothing is made.
        runtime: The device.
    """
    reader = store.read_only()
    try:
        centre = reference(config, reader, runtime).record
        words = vocabulary(config, reader, runtime).record
        angle = Part(store.get(direction), centre, vocabulary=words).hue(store)
    except (NotInStoreError, ModelError):  # or it was heard otherwise than the words
        return None
    return accent(angle)


def accent(hue: float) -> Accent:
    """Return the accent of a hue, in degrees."""
    return Accent(hue=hue, light=_css(*LIGHT, hue), dark=_css(*DARK, hue))


def _css(lightness: float, chroma: float, hue: float) -> str:
    """Return a colour of sRGB, with less chroma where a screen has not as much of that hue."""
    rgb = _linear(lightness, chroma, hue)
    while not all(0 <= part <= 1 for part in rgb):
        chroma -= 0.002
        rgb = _linear(lightness, chroma, hue)
    encoded = (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in rgb)
    return "#" + "".join(f"{round(255 * part):02x}" for part in encoded)


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """Return the linear sRGB of an OKLCH colour (Ottosson 2020, "A perceptual color space")."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
