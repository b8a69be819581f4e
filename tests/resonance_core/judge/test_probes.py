from pathlib import Path

import numpy as np
import pytest

from resonance_core.judge import SAMPLE_RATE
from resonance_core.judge.features import measure
from resonance_core.judge.probes import TENSORS, Probes

NOISE = 0.1 * np.random.default_rng(0).standard_normal((2, 4 * SAMPLE_RATE)).astype(np.float32)


@pytest.fixture(scope="module")
def probes() -> Probes:
    """Probes that read the first feature, however large, and tell genres by its sign."""
    vector = measure(NOISE[0]).vector
    first = np.eye(1, vector.size, dtype=np.float32)
    scale = np.full(vector.size, 2, np.float32)
    scale[1] = np.inf
    return Probes(
        mean=(vector - 3 * first[0]).astype(np.float32),
        scale=scale,
        level_weights=np.asfortranarray(np.concatenate([first, -first])),
        level_biases=np.array([0.5, 0], np.float32),
        genre_weights=np.concatenate([first, -first]),
        genre_biases=np.zeros(2, np.float32),
        attributes=["energy", "bass"],
        genres=["rock", "jazz"],
        audio="noise",
        clip_s=4.0,
        scores={"genre_accuracy": 0.5, "r": {"energy": 0.9}},
    )


def test_weights_are_applied_to_standardised_features(probes: Probes) -> None:
    verdict = probes.read(NOISE)
    assert verdict.levels["energy"][0] == pytest.approx(2, abs=1e-4)
    assert verdict.levels["bass"][0] == pytest.approx(-1.5, abs=1e-4)
    assert verdict.genres[0] == "rock"
    assert verdict.vectors.shape == (2, probes.mean.size)
    assert verdict.measures["rms_db"] == pytest.approx([-20, -20], abs=0.1)


def test_a_feature_of_infinite_scale_counts_for_nothing(probes: Probes) -> None:
    assert (probes.read(NOISE).vectors[:, 1] == 0).all()


def test_saved_probes_load_equal_and_give_the_same_bytes(probes: Probes, tmp_path: Path) -> None:
    probes.save(tmp_path / "a")
    loaded = Probes.load(tmp_path / "a")
    loaded.save(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    for name, value in vars(probes).items():
        np.testing.assert_array_equal(getattr(loaded, name), value)
    assert len(TENSORS) == 6
