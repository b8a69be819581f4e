import numpy as np
import pytest

from resonance_core.analysis.probe import probe
from resonance_core.errors import ConfigError
from tests.planted import LABELS, TRACKS


def read(opened, layer, labels):
    vectors, rows = opened.vectors(layer)
    return probe(vectors, rows["track"].to_numpy(str), labels)


def test_a_probe_finds_a_planted_label_in_its_layer_only(plant):
    side = np.array([6.0 if label == "high" else 0 for label in LABELS.values()])
    opened = plant(side[:, None] * np.eye(8)[0])
    planted, noise = read(opened, 5, LABELS), read(opened, 2, LABELS)
    assert (planted.kind, planted.chance, planted.tracks) == ("accuracy", 0.5, 24)
    assert planted.score > 0.97
    assert planted.low > 0.9
    assert noise.score < 0.7
    assert noise.low <= noise.score <= noise.high


@pytest.mark.parametrize("numbers", [False, True])
def test_a_probe_cannot_know_a_track_by_its_other_chunks(numbers):
    rng = np.random.default_rng(0)
    own = np.repeat(rng.normal(size=(24, 64)), 5, axis=0)
    vectors = own + 0.05 * rng.normal(size=own.shape)  # whoever knows the track knows its label
    labels = {name: str(int(name, 16)) if numbers else LABELS[name] for name in TRACKS}
    found = probe(vectors, np.repeat(list(labels), 5), labels)
    assert found.score < (0.3 if numbers else 0.75)


def test_a_probe_of_numbers_is_a_regression(plant):
    amounts = np.linspace(-4, 4, 24)
    opened = plant(amounts[:, None] * np.eye(8)[1])
    labels = {sha256: str(amount) for sha256, amount in zip(TRACKS, amounts, strict=True)}
    planted, noise = read(opened, 5, labels), read(opened, 2, labels)
    assert (planted.kind, planted.chance) == ("R2", 0.0)
    assert planted.score > 0.7
    assert planted.low > 0.4
    assert noise.score < 0.2


def test_few_numbers_are_classes_and_chance_is_the_most_frequent(plant):
    opened = plant(np.zeros((24, 8)))
    labels = {sha256: "1" if number < 18 else "2" for number, sha256 in enumerate(TRACKS)}
    found = read(opened, 5, labels)
    assert (found.kind, found.chance) == ("accuracy", 0.75)
    some = dict(list(labels.items())[12:])
    assert (read(opened, 5, some).tracks, read(opened, 5, some).chance) == (12, 0.5)


def test_labels_that_are_too_few_are_refused(plant):
    opened = plant(np.zeros((24, 8)))
    one = dict.fromkeys(TRACKS, "a")
    for labels in ({}, one, {**one, next(iter(TRACKS)): "b"}):
        with pytest.raises(ConfigError, match="labels are too few for a probe"):
            read(opened, 5, labels)
