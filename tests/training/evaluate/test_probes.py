from pathlib import Path

import numpy as np
import pytest

from resonance_core.errors import ResonanceError
from resonance_core.judge.features import ATTRIBUTES
from tests.noise_corpus import write_noise_corpus
from training.evaluate import probes


def test_effect_size_is_cohens_d() -> None:
    low, high = np.array([0.0, 2.0, 4.0]), np.array([3.0, 5.0, 7.0])
    assert probes.effect_size(low, high) == pytest.approx(3 / 2)
    assert probes.effect_size(high, low) == pytest.approx(-3 / 2)


def test_probes_are_fitted_once_for_a_corpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_noise_corpus(tmp_path / "corpus", shards=2, clips=30)
    fitted = probes.load_probes(tmp_path, None)
    assert fitted.scores["training_clips"] == 30
    assert fitted.scores["held_out_clips"] == 30
    assert fitted.scores["r"]["energy"] > 0.95
    assert fitted.scores["direct_r"]["energy"]["rms_db"] > 0.95

    monkeypatch.setattr(probes.fitting, "fit", None)
    again = probes.load_probes(tmp_path, None)
    assert again.scores == fitted.scores
    np.testing.assert_array_equal(again.level_weights, fitted.level_weights)
    assert again.attributes == list(ATTRIBUTES)


def test_without_a_corpus_the_remedy_is_said(tmp_path: Path) -> None:
    with pytest.raises(ResonanceError, match="Render the corpus"):
        probes.load_probes(tmp_path, None)
