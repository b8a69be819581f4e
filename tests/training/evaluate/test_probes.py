import json
from pathlib import Path

import numpy as np
import pytest

from resonance_core.errors import ResonanceError
from training.composer import ATTRIBUTES, random_spec
from training.evaluate import probes
from training.evaluate.clips import SAMPLE_RATE


def test_effect_size_is_cohens_d() -> None:
    low, high = np.array([0.0, 2.0, 4.0]), np.array([3.0, 5.0, 7.0])
    assert probes.effect_size(low, high) == pytest.approx(3 / 2)
    assert probes.effect_size(high, low) == pytest.approx(-3 / 2)


def test_planted_labels_are_recovered() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(500, 40))
    planted = rng.normal(size=(40, len(ATTRIBUTES)))
    levels = vectors @ planted + 0.1 * rng.normal(size=(500, len(ATTRIBUTES)))
    genres = np.where(vectors[:, 0] > 0, "jazz", "rock")
    fitted = probes.fit(vectors[:400], levels[:400], genres[:400], "planted")

    standard = (vectors[400:] - fitted.mean) / fitted.scale
    read = standard @ fitted.level_weights.T + fitted.level_biases
    for j in range(len(ATTRIBUTES)):
        assert np.corrcoef(read[:, j], levels[400:, j])[0, 1] > 0.98


def test_three_genres_are_told_apart() -> None:
    rng = np.random.default_rng(1)
    genres = np.array(["folk", "jazz", "rock"] * 60)
    vectors = rng.normal(size=(180, 10))
    vectors[np.arange(180), np.arange(180) % 3] += 4
    fitted = probes.fit(vectors, np.zeros((180, len(ATTRIBUTES))), genres, "planted")
    scores = (vectors - fitted.mean) / fitted.scale @ fitted.genre_weights.T + fitted.genre_biases
    assert np.mean(np.array(fitted.genres)[scores.argmax(axis=1)] == genres) > 0.95


def test_a_feature_that_does_not_vary_counts_for_nothing() -> None:
    rng = np.random.default_rng(2)
    vectors = rng.normal(size=(60, 5))
    vectors[:, 2] = -20 + 1e-6 * rng.normal(size=60)
    levels, genres = rng.normal(size=(60, len(ATTRIBUTES))), np.array(["jazz", "rock"] * 30)
    fitted = probes.fit(vectors, levels, genres, "planted")
    assert np.isinf(fitted.scale).tolist() == [False, False, True, False, False]
    assert np.abs(fitted.level_weights[:, 2]).max() < 1e-9
    assert np.abs(fitted.genre_weights[:, 2]).max() < 1e-9


def write_corpus(folder: Path, shards: int, clips: int) -> None:
    """Write clips of noise that is the louder the higher their energy level."""
    import dataclasses
    import random

    folder.mkdir(parents=True)
    rng, noise = random.Random(0), np.random.default_rng(0)
    for shard in range(shards):
        specs = [random_spec(rng) for _ in range(clips)]
        gains = np.array([10 ** (spec.levels["energy"] - 3) for spec in specs])
        audio = gains[:, None] * noise.standard_normal((clips, 5 * SAMPLE_RATE))
        np.save(folder / f"{shard:03d}.npy", (32767 * audio.clip(-1, 1)).astype(np.int16))
        labels = json.dumps([dataclasses.asdict(spec) for spec in specs])
        (folder / f"{shard:03d}.json").write_text(labels)


def test_probes_are_fitted_once_for_a_corpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_corpus(tmp_path / "corpus", shards=2, clips=30)
    fitted = probes.load_probes(tmp_path, None)
    assert fitted.scores["training_clips"] == 30
    assert fitted.scores["held_out_clips"] == 30
    assert fitted.scores["r"]["energy"] > 0.95
    assert fitted.scores["direct_r"]["energy"]["rms_db"] > 0.95

    monkeypatch.setattr(probes, "fit", None)
    again = probes.load_probes(tmp_path, None)
    assert again.scores == fitted.scores
    np.testing.assert_array_equal(again.level_weights, fitted.level_weights)
    assert again.attributes == list(ATTRIBUTES)


def test_without_a_corpus_the_remedy_is_said(tmp_path: Path) -> None:
    with pytest.raises(ResonanceError, match="Render the corpus"):
        probes.load_probes(tmp_path, None)
