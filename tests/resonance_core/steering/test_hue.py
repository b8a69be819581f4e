import numpy as np
import pytest

from resonance_core.steering.hue import hue
from resonance_core.steering.vocabulary import Vocabulary

SCALE = np.array([1.0, 10.0])


@pytest.fixture
def words() -> Vocabulary:
    """Nine prompts that differ mostly along two axes, one of which is four times as long."""
    rng = np.random.default_rng(0)
    axes = np.linalg.qr(rng.normal(size=(12, 2)))[0].T
    scores = rng.normal(size=(9, 2)) * [4, 1]
    heard = (scores @ axes + 0.001 * rng.normal(size=(9, 12))).reshape(9, 2, 6)
    heard = (heard * SCALE[:, None] + 100).astype(np.float32)
    return Vocabulary(tuple("abcdefghi"), (0, 1), heard, heard)


def of(words: Vocabulary, place: int) -> np.ndarray:
    return (words.heard[place] - words.heard.mean(0)).astype(np.float64)


def test_words_lie_around_the_circle_at_any_length(words):
    angles = [hue(of(words, place), SCALE, words) for place in range(9)]
    assert all(0 <= angle < 360 for angle in angles)
    assert np.histogram(angles, bins=4, range=(0, 360))[0].max() <= 5  # not all of one colour
    assert hue(3 * of(words, 2), SCALE, words) == pytest.approx(angles[2])
    opposite = hue(-of(words, 2), SCALE, words)
    assert opposite == pytest.approx((angles[2] + 180) % 360)


def test_what_sounds_alike_looks_alike(words):
    noise = np.random.default_rng(1).normal(size=(2, 6)) * SCALE[:, None]
    for place in range(9):
        near = hue(of(words, place) + 0.02 * noise, SCALE, words)
        apart = abs(near - hue(of(words, place), SCALE, words)) % 360
        assert min(apart, 360 - apart) < 15


def test_the_order_of_the_words_makes_no_difference(words):
    back = Vocabulary(words.prompts[::-1], words.layers, words.heard[::-1], words.told[::-1])
    assert hue(of(words, 0), SCALE, back) == pytest.approx(hue(of(words, 0), SCALE, words))


def test_two_words_leave_a_line(words):
    two = Vocabulary(words.prompts[:2], words.layers, words.heard[:2], words.told[:2])
    found = [hue(sign * of(two, 0), SCALE, two) for sign in (1, -1)]
    assert min(abs(np.cos(np.radians(found)))) > 0.999
