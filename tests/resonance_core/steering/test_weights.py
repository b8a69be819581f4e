import numpy as np
import pytest
from pydantic import ValidationError

from resonance_core.config import AggregateConfig
from resonance_core.steering.weights import chunk_weights

RNG = np.random.default_rng(0)
START = np.arange(6) * 8.0
END = START + 10.0


def weights(vectors=None, **settings) -> np.ndarray:
    drawn = RNG.normal(size=(6, 2, 16)) if vectors is None else vectors
    rms = np.ones(drawn.shape[:2])
    count = len(drawn)
    return chunk_weights(drawn, rms, START[:count], END[:count], AggregateConfig(**settings))


def test_the_mean_counts_all_chunks_alike():
    np.testing.assert_allclose(weights(), np.full(6, 1 / 6))


def test_time_select_counts_the_chunks_inside_the_windows():
    found = weights(mode="time_select", windows_s=((8, 26), (40, 50)))
    np.testing.assert_allclose(found, [0, 1 / 3, 1 / 3, 0, 0, 1 / 3])


def test_time_select_can_leave_nothing():
    assert not weights(mode="time_select", windows_s=((1, 9),)).any()


def song() -> np.ndarray:
    """A chorus four times and two verses, with some noise."""
    chorus, *verses = RNG.normal(size=(3, 2, 16))
    parts = [chorus, verses[0], chorus, chorus, verses[1], chorus]
    return np.stack(parts) + 0.1 * RNG.normal(size=(6, 2, 16))


def test_what_repeats_counts_more():
    found = weights(song(), mode="attention_weighted")
    assert found.sum() == pytest.approx(1)
    chorus, verses = found[[0, 2, 3, 5]], found[[1, 4]]
    assert chorus.min() > 10 * verses.max()


def test_a_high_temperature_counts_all_alike():
    found = weights(song(), mode="attention_weighted", temperature=1000)
    np.testing.assert_allclose(found, 1 / 6, rtol=0.01)


def test_loud_layers_count_no_more_than_others():
    vectors = song()
    louder = vectors * np.array([1.0, 50.0])[:, None]
    rms = np.ones((6, 2))
    config = AggregateConfig(mode="attention_weighted")
    found = chunk_weights(louder, rms * [1.0, 50.0], START, END, config)
    np.testing.assert_allclose(found, chunk_weights(vectors, rms, START, END, config), rtol=1e-6)


def test_a_single_chunk_is_the_whole_track():
    for settings in ({}, {"mode": "attention_weighted"}):
        np.testing.assert_allclose(weights(RNG.normal(size=(1, 2, 16)), **settings), [1])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"mode": "time_select"}, "give both or neither"),
        ({"windows_s": ((0, 1),)}, "give both or neither"),
        ({"mode": "time_select", "windows_s": ((5, 5),)}, "holds nothing"),
        ({"temperature": 0}, "greater than 0"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings, message):
    with pytest.raises(ValidationError, match=message):
        AggregateConfig(**settings)
