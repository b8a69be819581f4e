import numpy as np
import pytest

from resonance_core.judge.onsets import metre, pulse


def test_pulse_finds_a_beat_that_all_bands_share() -> None:
    onset = np.zeros(250)
    onset[::28] = 1  # every 0.56 s
    tempo_bpm, clarity = pulse(onset, onset)
    assert tempo_bpm == pytest.approx(60 / 0.56, rel=0.02)
    assert clarity > 0.8


def test_metre_tells_note_lengths_apart() -> None:
    beat = np.zeros((64, 250))
    beat[:, ::24] = 1
    eighths = np.zeros((64, 250))
    eighths[:, ::12] = 1
    on_beat, on_eighths = (metre(flux, tempo_bpm=125).reshape(8, 7)[0] for flux in (beat, eighths))
    assert on_beat[1] < 0.1 < 0.8 < on_eighths[1]
    assert on_beat[3] > 0.8
