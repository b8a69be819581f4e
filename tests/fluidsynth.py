"""What tests that play need."""

import shutil

import pytest

from training.render import SOUNDFONT

playable = pytest.mark.skipif(
    shutil.which("fluidsynth") is None or not SOUNDFONT.exists(),
    reason="FluidSynth and its soundfont are not installed: make fluidsynth",
)
"""Marks tests that are skipped where nothing can be played."""
