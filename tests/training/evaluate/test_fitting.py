import numpy as np

from resonance_core.judge.features import ATTRIBUTES
from training.evaluate.fitting import fit


def test_planted_labels_are_recovered() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(500, 40))
    planted = rng.normal(size=(40, len(ATTRIBUTES)))
    levels = vectors @ planted + 0.1 * rng.normal(size=(500, len(ATTRIBUTES)))
    genres = np.where(vectors[:, 0] > 0, "jazz", "rock")
    fitted = fit(vectors[:400], levels[:400], genres[:400], "planted")

    standard = (vectors[400:] - fitted.mean) / fitted.scale
    read = standard @ fitted.level_weights.T + fitted.level_biases
    for j in range(len(ATTRIBUTES)):
        assert np.corrcoef(read[:, j], levels[400:, j])[0, 1] > 0.98


def test_three_genres_are_told_apart() -> None:
    rng = np.random.default_rng(1)
    genres = np.array(["folk", "jazz", "rock"] * 60)
    vectors = rng.normal(size=(180, 10))
    vectors[np.arange(180), np.arange(180) % 3] += 4
    fitted = fit(vectors, np.zeros((180, len(ATTRIBUTES))), genres, "planted")
    scores = (vectors - fitted.mean) / fitted.scale @ fitted.genre_weights.T + fitted.genre_biases
    assert np.mean(np.array(fitted.genres)[scores.argmax(axis=1)] == genres) > 0.95


def test_a_feature_that_does_not_vary_counts_for_nothing() -> None:
    rng = np.random.default_rng(2)
    vectors = rng.normal(size=(60, 5))
    vectors[:, 2] = -20 + 1e-6 * rng.normal(size=60)
    levels, genres = rng.normal(size=(60, len(ATTRIBUTES))), np.array(["jazz", "rock"] * 30)
    fitted = fit(vectors, levels, genres, "planted")
    assert np.isinf(fitted.scale).tolist() == [False, False, True, False, False]
    assert np.abs(fitted.level_weights[:, 2]).max() < 1e-9
    assert np.abs(fitted.genre_weights[:, 2]).max() < 1e-9
