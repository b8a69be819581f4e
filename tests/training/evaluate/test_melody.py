import numpy as np
import pytest

from resonance_core.judge import SAMPLE_RATE
from training.decoder import CHROMA_HOP
from training.evaluate.melody import chroma_similarity

FRAMES = 24


def one_hot(pitch_classes: np.ndarray) -> np.ndarray:
    return np.eye(12, dtype=np.float32)[pitch_classes]


def sung(pitch_classes: np.ndarray) -> np.ndarray:
    """Return sines of the pitch classes above middle C, each a chroma frame long."""
    hz = np.repeat(261.63 * 2 ** (pitch_classes / 12), CHROMA_HOP)
    return (0.1 * np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE)).astype(np.float32)


def test_own_melody_is_more_similar_than_another() -> None:
    melody = np.repeat([0, 4, 7, 9], FRAMES // 4)
    other = np.repeat([2, 6, 11, 1], FRAMES // 4)
    audio = sung(melody)
    assert chroma_similarity(one_hot(melody), audio) > 0.8
    assert chroma_similarity(one_hot(other), audio) < 0.3


def test_order_of_the_notes_matters() -> None:
    melody = np.repeat([0, 3, 6, 9], FRAMES // 4)
    audio = sung(melody)
    backwards = chroma_similarity(one_hot(melody[::-1]), audio)
    assert backwards < chroma_similarity(one_hot(melody), audio) - 0.4


def test_noise_is_as_similar_to_every_melody() -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(FRAMES * CHROMA_HOP)
    similarity = chroma_similarity(one_hot(np.zeros(FRAMES, int)), noise.astype(np.float32))
    assert similarity == pytest.approx(12**-0.5, abs=0.08)
