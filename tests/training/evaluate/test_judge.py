import json
from pathlib import Path

import numpy as np
import pytest

from resonance_core.judge.probes import Probes
from tests.noise_corpus import write_noise_corpus
from training.evaluate.judge import fit_judges
from training.evaluate.report import command

CLIPS = 6


def test_both_judges_are_fitted_without_loudness(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_noise_corpus(tmp_path / "work" / "corpus", shards=2, clips=CLIPS)
    arguments = ["judge", "--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    monkeypatch.setattr("sys.argv", arguments)
    command(fit_judges)
    printed = json.loads(capsys.readouterr().out)
    assert set(printed) == {"original", "nano"}
    for name, scores in printed.items():
        probes = Probes.load(tmp_path / "out" / f"{name}.safetensors")
        assert probes.audio == name
        assert probes.scores == scores
        assert scores["training_clips"] == scores["held_out_clips"] == CLIPS
        # What is measured is loudness as it is; what the probes read is not.
        assert scores["direct_r"]["energy"]["rms_db"] > 0.95
        assert np.isinf(probes.scale).any()
