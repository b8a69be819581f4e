import json
from collections import Counter

import pytest
from typer.testing import CliRunner

from flows.cli import app
from resonance_core.store.store import Store
from tests.quick import LITTLE

QUICK = (
    *("--set", "concept.pairs=2", "--set", "concept.duration_s=0.5"),
    *("--set", "calibrate.duration_s=0.5", "--set", "calibrate.strengths=[0,2]"),
    *("--set", "calibrate.rms_low=0.0001"),
    *LITTLE,
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
    assert shown["sources"] == {}
    stages = {record.stage for record in Store(tmp_path / "store").records()}
    assert stages == {"concept", "layer-effects", "calibrate"}


def test_an_unknown_concept_is_refused_before_prefect_starts(tmp_path):
    code, answer = run("concepts", "build", "colour", "--store", tmp_path)
    assert code == 2
    assert "no concept 'colour'" in answer["error"]["problem"]


@pytest.mark.usefixtures("prefect_server")
def test_concepts_from_audio_are_made_listed_shown_and_played(audio_concepts, store):
    file = ("--set", f"concept.file={audio_concepts}", "--set", "chunk.length_s=4", *QUICK)
    (audio_concepts.parent / "music" / "low" / "broken.mp3").write_bytes(b"no music" * 1000)
    assert [one["key"] for one in run("concepts", "list", *file)[1]["concepts"]] == [None, None]
    assert not store.root.exists()

    code, built = run("concepts", "build", *file)
    assert code == 0
    brightness, warmth = built["concepts"]
    assert [(track["title"], track["status"]) for track in brightness["tracks"]] == [
        *(("0", "completed"), ("1", "completed"), ("broken", "failed")),
        *(("2", "completed"), ("3", "completed")),
    ]
    assert "broken.mp3 cannot be read" in brightness["tracks"][2]["reason"]
    assert [track["status"] for track in warmth["tracks"]] == ["completed"] * 4
    assert brightness["high"]["high"] == warmth["low"]["high"] == 2.0
    stages = Counter(record.stage for record in store.records())
    assert stages == {
        **{"download": 5, "transcode": 4, "chunk": 4, "extract": 4},
        **{"concept": 2, "layer-effects": 2, "calibrate": 4},
    }

    listed = run("concepts", "list", *file)[1]["concepts"]
    assert [one["key"] for one in listed] == [one["direction"]["key"] for one in built["concepts"]]
    shown = run("concepts", "show", "warmth", *file)[1]
    assert shown["agreement"] == warmth["agreement"]
    assert shown["pairs"] == []
    assert shown["sources"] == {"tracks": str(audio_concepts.parent / "music" / "warmth.csv")}
    words = CliRunner().invoke(app, ["concepts", "build", "brightness", *file]).stdout
    assert "left out: broken: " in words
    words = CliRunner().invoke(app, ["concepts", "show", "brightness", *file]).stdout
    assert str(audio_concepts.parent / "music" / "low") in words

    asked = ("generate", "--prompt", "calm", "--seed", 1, "--duration", 0.5)
    code, piece = run(*asked, "--slider", "brightness=0.5", *file)
    assert code == 0
    assert piece["steering"][0]["direction"] == brightness["direction"]["key"]
    assert piece["steering"][0]["strength"] == 1.0


def test_a_slider_from_audio_is_made_when_it_is_played(audio_concepts, store, monkeypatch):
    monkeypatch.setattr("flows.run.PREFECT_API_URL", type("Unset", (), {"value": lambda: None}))
    file = ("--set", f"concept.file={audio_concepts}", "--set", "chunk.length_s=4", *QUICK)
    asked = ("generate", "--prompt", "calm", "--seed", 1, "--duration", 0.5)
    code, piece = run(*asked, "--slider", "warmth=-1", *file)
    assert code == 0
    (record,) = (record for record in store.records() if record.stage == "concept")
    assert piece["steering"][0]["direction"] == record.key
    assert piece["steering"][0]["strength"] == -2.0


@pytest.mark.usefixtures("prefect_server")
def test_too_few_tracks_end_a_build_with_each_reason(audio_concepts, store):
    (audio_concepts.parent / "music" / "high" / "2.wav").write_bytes(b"no music" * 1000)
    file = ("--set", f"concept.file={audio_concepts}", "--set", "chunk.length_s=4", *QUICK)
    code, answer = run("concepts", "build", "brightness", *file)
    assert code == 1
    assert "has 2 low and 1 high tracks" in answer["error"]["problem"]
    assert "2.wav cannot be read" in answer["tracks"][2]["reason"]
    assert {record.stage for record in store.records()} == {
        *("download", "transcode", "chunk", "extract")
    }


@pytest.mark.usefixtures("prefect_server")
def test_a_build_of_single_frames_is_refused_before_any_track_is_heard(audio_concepts, store):
    file = ("--set", f"concept.file={audio_concepts}", "--set", "extract.pooling=last", *QUICK)
    code, answer = run("concepts", "build", "brightness", *file)
    assert code == 2
    assert "pooled as 'last' make no direction" in answer["error"]["problem"]
    assert list(store.records()) == []
