"""The whole pipeline with AudioCraft: its debug model hears, is calibrated, and plays."""

import json

import pytest
import soundfile
from typer.testing import CliRunner

pytest.importorskip("audiocraft", reason="AudioCraft is not installed: make audiocraft runs these")

from flows.cli import app
from tests.quick import LITTLE

QUICK = (
    *("--set", "model.id=debug", "--set", "chunk.hop_s=20"),
    # Its random codec hears one thing in all music, of which nothing is left once it is centred.
    *("--set", "steer=seed"),
    *("--set", "calibrate.duration_s=1", "--set", "calibrate.strengths=[0, 1, 2]"),
    *LITTLE,
)


def run(*arguments: object) -> dict:
    result = CliRunner().invoke(app, [*map(str, arguments), "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.usefixtures("prefect_server")
def test_the_debug_model_ingests_the_example_is_calibrated_and_plays(clips, tmp_path, monkeypatch):
    monkeypatch.setenv("RESONANCE_STORE", str(tmp_path / "store"))
    ingested = run("ingest", clips[0].parent, "--name", "example", *QUICK)
    assert [track["status"] for track in ingested["tracks"]] == ["completed"] * len(clips)
    assert ingested["range"]["recommended"] > 0
    target = tmp_path / "piece.wav"
    asked = ("generate", "--prompt", "calm piano", "--playlist", "example", "--duration", 2)
    piece = run(*asked, "--seed", 7, "--out", target, *QUICK)
    assert piece["backend"] == "audiocraft"
    plain = run("generate", "--prompt", "calm piano", "--duration", 2, "--seed", 7, *QUICK)
    assert plain["sha256"] != piece["sha256"]
    model = json.loads(target.with_suffix(".json").read_text())["model"]
    assert model["backend_reason"] == "no other library has this model"
    assert soundfile.info(target).frames == 2 * 32000
