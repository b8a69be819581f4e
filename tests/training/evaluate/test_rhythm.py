import numpy as np
import pytest

from training.evaluate.onsets import metre, pulse
from training.evaluate.rhythm import agrees


@pytest.mark.parametrize(
    ("asked", "measured", "right"),
    [
        (150.0, 150.0, True),
        (150.0, 75.0, True),
        (75.0, 300.0, True),
        (100.0, 107.9, True),
        (100.0, 92.1, True),
        (100.0, 108.1, False),
        (100.0, 150.0, False),
        (94.0, 94.0 * 2**0.5, False),
    ],
)
def test_tempi_agree_with_octaves_folded(asked: float, measured: float, right: bool) -> None:
    assert agrees(np.array([asked]), np.array([measured])).item() is right


def test_agreement_of_all_pairs_is_the_chance_level() -> None:
    tempi = np.array([100.0, 125.0])
    assert agrees(tempi[:, None], tempi).mean() == 0.5


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
