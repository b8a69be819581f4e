import json
import shutil
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from flows.cli import app
from flows.evaluate import run_evaluate
from flows.settings import Settings
from resonance_core.errors import SourceError
from resonance_core.evaluation.protocol import Protocol, Trials
from resonance_core.store.store import Store

TRACKS = Path(__file__).parents[2] / "examples" / "playlists"
FEW = Trials(prompts=("music", "a song"), seeds=1, duration_s=4.0)
PROTOCOL = Protocol(
    sliders=FEW,
    positions=(-1.0, 0.0, 1.0),
    controls=FEW,
    random_directions=1,
    ladder=FEW,
    ladder_random_directions=1,
    playlists=FEW,
    shuffled=FEW,
    resamples=50,
)


@pytest.fixture
def playlists(tmp_path) -> Path:
    """Two playlists of four tracks."""
    folder = tmp_path / "playlists"
    for name in ("techno", "ambient"):
        (folder / name).mkdir(parents=True)
        for track in sorted((TRACKS / name).glob("*.opus"))[:4]:
            shutil.copy(track, folder / name)
    return folder


@pytest.fixture
def settings(tmp_path) -> Settings:
    """The default recipe with little of everything."""
    path = tmp_path / "little.yaml"
    path.write_text(
        yaml.safe_dump(
            {
                "sampling": {"guidance_scale": 2},
                "vocabulary": {
                    "prompts": ["techno", "folk"],
                    "clips": 1,
                    "common": 2,
                    "duration_s": 0.5,
                },
                "concept": {"pairs": 2, "duration_s": 0.5},
                "scan": {"prompts": ["music"], "duration_s": 0.5},
                "calibrate": {
                    "duration_s": 0.5,
                    "strengths": [0, 1],
                    "prompts": ["music"],
                    "rms_low": 0.0001,
                    "rms_high": 1.0,
                    "stuck_high": 1.0,
                },
            }
        )
    )
    return Settings(config=str(path))


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_everything_is_played_judged_and_kept(playlists, settings, tmp_path, monkeypatch):
    monkeypatch.setattr("flows.evaluate.FULL", PROTOCOL)
    monkeypatch.setenv("RESONANCE_STORE", str(tmp_path / "store"))
    found = run_evaluate(playlists, False, settings)
    assert found.rung == "in-words"
    assert not found.quick
    assert [score.slider for score in found.sliders] == [
        *("energy", "tempo", "bass", "harmony", "density", "vocal", "tension")
    ]
    assert all(len(score.curve) == 3 for score in found.sliders)
    assert found.ladder[0].rung == "seed"
    assert len(found.ladder) == 9
    for rung in found.ladder:
        assert [score.playlist for score in rung.playlists] == ["ambient", "techno"]
        assert all(sum(score.closest.values()) == 2 for score in rung.playlists)
    assert {claim.number for claim in found.claims} == {1, 2, 3, 4, 5, 6}
    store = Store(tmp_path / "store")
    assert all(store.get(sweep.key).stage == "sweep" for sweep in found.sweeps)
    before = len(list(store.records()))
    assert run_evaluate(playlists, False, settings) == found
    assert len(list(store.records())) == before


@pytest.mark.usefixtures("prefect_server")
def test_playlists_that_cannot_be_told_apart_are_refused(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("RESONANCE_STORE", str(tmp_path / "store"))
    (tmp_path / "one" / "only").mkdir(parents=True)
    with pytest.raises(SourceError, match="holds 1 playlists, and two are needed"):
        run_evaluate(tmp_path / "one", False, settings)


def test_a_recipe_that_is_no_rung_is_refused_before_prefect_starts(tmp_path):
    result = CliRunner().invoke(
        app,
        ["evaluate", "--quick", "--json", "--store", str(tmp_path), "--set", "steer.budget=1"],
    )
    assert result.exit_code == 2
    assert "no rung" in json.loads(result.stdout)["error"]["problem"]
