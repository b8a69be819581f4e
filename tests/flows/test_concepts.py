import json

import pytest
from typer.testing import CliRunner

from flows.cli import app
from resonance_core.store.store import Store

QUICK = (
    *("--set", "concept.pairs=2", "--set", "concept.duration_s=0.5"),
    *("--set", "calibrate.duration_s=0.5", "--set", "calibrate.strengths=[0,2]"),
    *("--set", "calibrate.rms_low=0.0001"),
)


def run(*arguments) -> tuple[int, dict]:
    result = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.usefixtures("prefect_server")
def test_concepts_are_made_listed_and_shown(tmp_path, monkeypatch):
    where = ("--store", tmp_path / "store")
    monkeypatch.setenv("RESONANCE_STORE", str(tmp_path / "store"))
    code, before = run("concepts", "list", *QUICK, *where)
    assert code == 0
    assert len(before["concepts"]) == 7
    assert all(one["key"] is None for one in before["concepts"])

    code, built = run("concepts", "build", "energy", *QUICK, *where)
    assert code == 0
    (energy,) = built["concepts"]
    assert energy["label"] == "Energy"
    assert energy["low"]["high"] == energy["high"]["high"] == 2.0

    after = run("concepts", "list", *QUICK, *where)[1]["concepts"]
    assert [one["key"] for one in after if one["key"]] == [energy["direction"]["key"]]

    code, shown = run("concepts", "show", "energy", *QUICK, *where)
    assert code == 0
    assert shown["split_half"] == energy["split_half"]
    assert shown["pairs"] == [
        ["calm music", "energetic music"],
        ["techno, soft", "techno, powerful"],
    ]
    stages = {record.stage for record in Store(tmp_path / "store").records()}
    assert stages == {"concept", "calibrate"}


def test_an_unknown_concept_is_refused_before_prefect_starts(tmp_path):
    code, answer = run("concepts", "build", "colour", "--store", tmp_path)
    assert code == 2
    assert "no concept 'colour'" in answer["error"]["problem"]
