import json

from typer.testing import CliRunner

from flows.cli import app
from resonance_core.keys import Stage
from tests.activations import heard, write_tracks


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["store", *(str(argument) for argument in arguments)])
    return result.exit_code, result.stdout


def made(store, stage, info, dataset=None):
    def write(folder):
        (folder / "a.bin").write_bytes(b"x" * 1200)
        return info

    return store.build(Stage(name=stage, version=1).request({}, {}, dataset), write).record


def test_stats_count_stages_and_data_sets(store):
    made(store, "extract", {"chunks": 5, "layers": [2, 3]}, "activations/extraction=ab")
    code, printed = run("stats", "--store", store.root, "--json")
    found = json.loads(printed)
    assert (code, found["stages"]) == (0, [{"stage": "extract", "records": 1, "bytes": 1200}])
    assert found["extractions"][0]["bytes_per_vector"] == 120
    assert "1,200" in run("stats", "--store", store.root)[1]


def test_gc_lists_and_removes(store):
    record = made(store, "transcode", {})
    root = ("--store", store.root)
    assert run("gc", *root) == (0, "0 bytes removed.\n")
    asked = ("gc", "--stage", "transcode", *root)
    code, printed = run(*asked, "--dry-run")
    assert code == 0
    assert f"transcode/{record.key}: " in printed
    assert printed.endswith("bytes could be removed.\n")
    assert run(*asked, "--older-than", "1d") == (0, "0 bytes removed.\n")
    found = json.loads(run(*asked, "--json")[1])
    assert found["removed"][0]["paths"] == [f"transcode/{record.key}"]
    assert found["bytes"] > 1200
    assert list(store.records()) == []


def test_compact_says_what_it_made(store):
    for track in ("a", "b"):
        write_tracks(store.root / "activations", "ab12", {track: heard()})
    root = ("--store", store.root)
    code, printed = run("compact", *root)
    assert code == 0
    assert "made" in printed
    code, printed = run("compact", "ab", *root, "--json")
    (found,) = json.loads(printed)["extractions"]
    assert (code, found["extraction"], found["sources"], found["files"]) == (0, "ab12", 2, 1)
    assert found["hit"]
    code, printed = run("compact", "ff", *root, "--json")
    assert code == 2
    assert "no extraction=ff" in json.loads(printed)["error"]["problem"]


def test_what_gc_cannot_do_is_said(store):
    made(store, "transcode", {})
    root = ("--store", store.root, "--json")
    for arguments, problem in {
        ("--older-than", "30d"): "--older-than says nothing alone",
        ("--stage", "x"): "the store holds nothing of the stage 'x'",
        ("--stage", "x", "--older-than", "month"): "'month' is no age",
    }.items():
        code, printed = run("gc", *arguments, *root)
        assert (code, json.loads(printed)["error"]["problem"]) == (2, problem)


def test_ls_lists_a_stage_and_knows_no_other(store):
    assert run("ls", "--stage", "transcode", "--store", store.root)[0] == 0  # nothing is made yet
    record = made(store, "transcode", {})
    made(store, "extract", {})
    found = json.loads(run("ls", "--stage", "transcode", "--store", store.root, "--json")[1])
    assert [one["key"] for one in found["records"]] == [record.key]
    code, printed = run("ls", "--stage", "transcod", "--store", store.root, "--json")
    assert code == 2
    assert json.loads(printed)["error"]["remedy"] == "It holds extract, transcode"


def test_gc_of_a_bucket_takes_no_stage(rclone_url):
    assert run("gc", "--store", rclone_url) == (0, "0 bytes removed.\n")
    code, printed = run("gc", "--stage", "transcode", "--store", rclone_url, "--json")
    assert code == 2
    assert "--stage is for a store in a folder" in json.loads(printed)["error"]["problem"]
