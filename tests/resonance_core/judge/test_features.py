import time

import numpy as np
import pytest

from resonance_core.judge import SAMPLE_RATE
from resonance_core.judge.features import DIRECT_MEASURES, measure

SECONDS = 5.0
TIME = np.arange(round(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE


def tone(*frequencies_hz: float) -> np.ndarray:
    return sum(0.1 * np.sin(2 * np.pi * hz * TIME) for hz in frequencies_hz)


def beats(bpm: float, hz: float = 60.0) -> np.ndarray:
    """Decaying low thumps, one a beat, as of a kick drum, on quiet noise."""
    since_beat = TIME % (60 / bpm)
    noise = 1e-3 * np.random.default_rng(0).standard_normal(TIME.size)
    return 0.5 * np.sin(2 * np.pi * hz * since_beat) * np.exp(-since_beat / 0.05) + noise


@pytest.mark.parametrize("bpm", [68.2, 90.0, 107.1, 128.0, 150.0])
def test_tempo_is_measured(bpm: float) -> None:
    named = measure(beats(bpm)).named
    octaves = np.log2(named["tempo_bpm"] / bpm)
    assert abs(2 ** (octaves - round(octaves)) - 1) < 0.02
    assert named["pulse_clarity"] > 0.6


def test_noise_has_no_pulse() -> None:
    noise = 0.1 * np.random.default_rng(1).standard_normal(TIME.size)
    named = measure(noise).named
    assert named["pulse_clarity"] < 0.3
    assert named["repetition"] < 0.1
    assert named["flatness"] == pytest.approx(0.56, abs=0.03)  # exp(-Euler's constant)


def test_loudness_is_in_decibels() -> None:
    quiet, loud = measure(tone(440)).named, measure(10 * tone(440)).named
    assert loud["rms_db"] - quiet["rms_db"] == pytest.approx(20, abs=0.01)
    assert loud["chroma_entropy"] == pytest.approx(quiet["chroma_entropy"], abs=1e-3)


def test_chord_uses_its_pitch_classes() -> None:
    major_seventh = measure(tone(261.63, 329.63, 392.0, 493.88)).named
    note = measure(tone(440)).named
    assert note["pitch_classes"] < 3.5
    assert major_seventh["pitch_classes"] > 7


def test_semitones_are_dissonant() -> None:
    third = measure(tone(440, 554.37)).named
    semitone = measure(tone(440, 466.16)).named
    assert semitone["dissonance"] > third["dissonance"] + 0.5


def test_bass_is_heard_below_melody() -> None:
    melody = tone(659.26)
    named = measure(melody).named
    assert measure(melody + tone(82.41)).named["bass_db"] > named["bass_db"] + 20


def test_loop_repeats_itself() -> None:
    rng = np.random.default_rng(2)
    second = np.concatenate(
        [tone(440 * 2 ** (rng.integers(12) / 12))[: SAMPLE_RATE // 4] for _ in range(4)]
    )
    assert measure(np.tile(second, 5)).named["repetition"] > 0.9


def test_silence_is_measured() -> None:
    features = measure(np.zeros(TIME.size))
    assert np.isfinite(features.vector).all()
    assert np.isfinite(list(features.named.values())).all()


def test_every_attribute_has_a_direct_measure() -> None:
    assert set(DIRECT_MEASURES.values()) <= measure(tone(440)).named.keys()


@pytest.mark.slow
def test_measuring_is_cheap() -> None:
    clip = beats(120)
    measure(clip)
    started = time.process_time()
    measure(clip)
    assert time.process_time() - started < 0.04
