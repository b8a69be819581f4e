from dataclasses import replace

import numpy as np
import pytest

from resonance_core.config import vocabulary_prompts
from resonance_core.steering.vocabulary import Vocabulary, put_into_words, told

LAYERS, HIDDEN = 2, 40
SCALE = np.array([3.0, 30.0])
"""Later layers have longer residuals."""


@pytest.fixture
def vocabulary() -> Vocabulary:
    rng = np.random.default_rng(0)
    common = 5 * rng.standard_normal((2, LAYERS, HIDDEN))
    heard, changed = SCALE[:, None] * rng.standard_normal((2, 6, LAYERS, HIDDEN))
    return Vocabulary(
        prompts=("techno", "folk", "jazz", "slow", "fast", "choir"),
        layers=(0, 1),
        heard=(heard + common[0]).astype(np.float32),
        told=(changed + common[1]).astype(np.float32),
    )


def test_music_is_described_by_the_words_it_sounds_like(vocabulary):
    wanted = np.array([0, 0.7, 0, 0.3, 0, 0])
    centred = vocabulary.heard - vocabulary.heard.mean(0)
    noise = SCALE[:, None] * 0.3 * np.random.default_rng(1).standard_normal((LAYERS, HIDDEN))
    weights = put_into_words(np.einsum("p,plh->lh", wanted, centred) + noise, SCALE, vocabulary)
    assert np.argsort(-weights)[:2].tolist() == [1, 3]
    assert np.corrcoef(weights, wanted)[0, 1] > 0.9


def test_layers_count_alike_however_long_their_vectors_are(vocabulary):
    rng = np.random.default_rng(2)
    direction = SCALE[:, None] * rng.standard_normal((LAYERS, HIDDEN))
    weights = put_into_words(direction, SCALE, vocabulary)
    stretched = Vocabulary(
        vocabulary.prompts,
        vocabulary.layers,
        heard=vocabulary.heard * np.array([1, 9], np.float32)[:, None],
        told=vocabulary.told,
    )
    again = put_into_words(direction * [[1], [9]], SCALE * [1, 9], stretched)
    np.testing.assert_allclose(again, weights, rtol=1e-4)


def test_a_model_that_hears_one_thing_in_all_prompts_has_no_words(vocabulary):
    deaf = replace(vocabulary, heard=np.repeat(vocabulary.heard[:1], 6, axis=0))
    assert put_into_words(vocabulary.heard[1], SCALE, deaf).tolist() == [0] * 6


def test_a_mix_of_words_changes_what_they_change_beyond_all_of_them(vocabulary):
    one = told(np.array([0, 0, 1, 0, 0, 0]), vocabulary)
    np.testing.assert_allclose(one, vocabulary.told[2] - vocabulary.told.mean(0), rtol=1e-4)
    np.testing.assert_allclose(told(np.ones(6), vocabulary), 0, atol=1e-3)


def test_the_words_that_ship_are_many_and_differ():
    words = vocabulary_prompts()
    assert len(words) == len(set(words)) >= 50
