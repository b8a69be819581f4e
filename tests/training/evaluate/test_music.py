import numpy as np
import pytest

from resonance_core.judge import SAMPLE_RATE
from training.evaluate.music import MEASURES, bands, measures, within
from training.evaluate.report import AT_LEAST, AT_MOST, compare
from training.evaluate.text import UNSEEN, _check_unseen

TIME = np.arange(5 * SAMPLE_RATE) / SAMPLE_RATE


def little_tune(rng: np.random.Generator) -> np.ndarray:
    """A bar of plucked notes over thumps, played twice and a half."""
    notes = 220 * 2 ** (rng.choice([0, 2, 4, 5, 7, 9, 11, 12], 8) / 12)
    since = TIME % 0.25
    hz = notes[(TIME // 0.25).astype(int) % 8]
    tones = sum(np.sin(2 * np.pi * k * hz * since) / k for k in range(1, 6)) * np.exp(-since / 0.1)
    thump = np.sin(2 * np.pi * 60 * (TIME % 0.5)) * np.exp(-(TIME % 0.5) / 0.05)
    hiss = 1e-3 * rng.standard_normal(TIME.size)
    return 0.1 * tones + 0.3 * thump + hiss


@pytest.fixture(scope="module")
def corpus() -> np.ndarray:
    rng = np.random.default_rng(0)
    return measures(little_tune(rng) for _ in range(20))


def test_most_of_the_corpus_is_within_its_own_bands(corpus: np.ndarray) -> None:
    assert 0.8 <= within(corpus, *bands(corpus)).mean() <= 0.95


def test_noise_and_a_single_tone_are_not_music(corpus: np.ndarray) -> None:
    low, high = bands(corpus)
    noise = np.random.default_rng(1).standard_normal(TIME.size)
    sine = np.sin(2 * np.pi * 440 * TIME)
    inside = within(measures([noise, sine]), low, high)
    flatness, _, chroma_entropy, repetition = range(len(MEASURES))
    assert not inside[0, [flatness, repetition]].any()
    assert not inside[1, [chroma_entropy, repetition]].any()


def test_loudness_plays_no_part() -> None:
    tune = little_tune(np.random.default_rng(2))
    np.testing.assert_allclose(measures([tune]), measures([0.01 * tune]), rtol=1e-4)


def test_unseen_words_are_in_no_caption() -> None:
    _check_unseen()
    assert all(len(side) >= 2 for sides in UNSEEN.values() for side in sides)


def test_figures_are_compared_with_their_targets() -> None:
    found: dict = {}
    for figure, target in (AT_LEAST | AT_MOST).items():
        *path, last = figure.split(".")
        part = found
        for name in path:
            part = part.setdefault(name, {})
        part[last] = target
    found["probes"]["coded"]["r"] = {"energy": 0.9, "density": 0.7}
    compared = compare(found)
    missed = [figure for figure, result in compared.items() if not result["met"]]
    assert missed == ["probes.coded.r"]
    assert compared["probes.coded.r"]["value"] == 0.7
