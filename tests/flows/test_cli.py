import contextlib
import json
import subprocess
import sys
import wave
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows import console
from flows.cli import app
from resonance_core.keys import sha256_file
from tests.quick import LITTLE

QUICK = [
    *("--set", "chunk.length_s=4", "--set", "chunk.hop_s=20"),
    *("--set", "calibrate.duration_s=0.5", "--set", "calibrate.strengths=[0, 1, 2]"),
    *LITTLE,
    *("--set", "generate.duration_s=0.5"),
]


def run(*arguments: object) -> tuple[int, str, str]:
    """Run a command; returns its exit code and what it printed to stdout and stderr."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def run_json(*arguments: object) -> tuple[int, dict]:
    code, stdout, _ = run(*arguments, "--json")
    return code, json.loads(stdout)


@pytest.mark.usefixtures("prefect_server")
def test_ingest_and_generate(folder, store, tmp_path):
    code, ingested = run_json("ingest", folder, "--name", "mine", *QUICK)
    assert code == 0
    assert set(ingested) == {
        *("name", "direction", "tracks", "left_out", "gained", "lost"),
        *("words", "range", "cache", "seconds"),
    }
    assert ingested["name"] == "mine"
    assert sorted(ingested["words"]) == ["folk", "techno"]
    assert set(ingested["direction"]) == {"key", "path"}
    assert set(ingested["tracks"][0]) == {
        *("title", "status", "reason", "seconds", "chunks", "sha256", "key")
    }
    assert set(ingested["range"]) == {"low", "high", "recommended"}
    assert ingested["cache"]["extract"] == {"hits": 0, "misses": 2}

    (job,) = run_json("jobs")[1]["jobs"]
    assert (job["state"], job["name"], job["counts"]["extracted"]) == ("completed", "mine", 2)
    (made,) = run_json("history", "mine")[1]["history"]
    assert made["direction"] == ingested["direction"]["key"]
    assert made["gained"] == ingested["gained"] == [track["title"] for track in made["tracks"]]
    assert "completed" in run("jobs")[1]
    assert made["direction"][:12] in run("history", "mine")[1]

    target = tmp_path / "out" / "piece.wav"
    asked = ("generate", "--prompt", "calm", "--playlist", "mine", "--seed", 7, "--out", target)
    code, piece = run_json(*asked, *QUICK)
    assert code == 0
    assert piece["path"] == str(target)
    assert piece["sha256"] == sha256_file(target)
    assert (piece["seed"], piece["model"], piece["backend"]) == (7, "nano", "transformers")
    assert piece["steering"][0]["strength"] == ingested["range"]["recommended"]
    assert piece["steering"][0]["direction"] == ingested["direction"]["key"]
    with wave.open(str(target)) as file:
        assert file.getframerate() == piece["sample_rate"] == 32000
        assert file.getnframes() / 32000 == piece["duration_s"] == 0.5
    sidecar = json.loads(target.with_suffix(".json").read_text())
    assert sidecar["request_id"] in str(next((store.root / "generate").iterdir()))
    assert sidecar["descriptors"] == piece["descriptors"]


def test_the_same_request_gives_the_same_bytes_in_another_store(tmp_path):
    digests = set()
    for name in ("one", "two"):
        code, piece = run_json(
            *("generate", "--prompt", "calm", "--seed", 3, "--duration", 0.5),
            *("--store", tmp_path / name),
        )
        assert code == 0
        digests.add(piece["sha256"])
    assert len(digests) == 1


def test_takes_have_successive_seeds_and_files_of_their_own(store, tmp_path):
    asked = ("generate", "--prompt", "calm", "--seed", 3, "--duration", 0.5, "--takes", 2)
    code, found = run_json(*asked, "--out", tmp_path / "piece.wav")
    assert code == 0
    assert [take["seed"] for take in found["takes"]] == [3, 4]
    files = [tmp_path / "piece-1.wav", tmp_path / "piece-2.wav"]
    assert [take["path"] for take in found["takes"]] == [str(file) for file in files]
    digests = [take["sha256"] for take in found["takes"]]
    assert [sha256_file(file) for file in files] == digests
    assert len(set(digests)) == 2


def test_a_piece_follows_a_recording_and_is_continued(store, canonical):
    asked = ("generate", "--prompt", "calm", "--seed", 3, "--duration", 0.5)
    code, first = run_json(*asked, "--melody", canonical)
    assert code == 0
    code, longer = run_json(*asked, "--continue", first["key"][:12])
    assert code == 0
    assert longer["duration_s"] == 1.0
    assert json.loads(Path(longer["sidecar"]).read_text())["continues"]["key"] == first["key"]
    code, _, stderr = run(*asked, "--melody", Path(__file__))
    assert code == 1
    assert "cannot be read as audio" in stderr


def test_describe_gives_a_prompt_and_sliders_that_generate_takes(folder, store):
    code, found = run_json("describe", folder)
    assert code == 0
    assert found["prompt"].split(" music")[0] == next(iter(found["character"]["genres"]))
    sliders = [f"--slider={name}={position}" for name, position in found["sliders"].items()]
    assert len(sliders) == 7
    code, shown, _ = run("describe", folder)
    assert code == 0
    assert found["prompt"] in shown
    assert [record.stage for record in store.records()].count("describe") == 1


def test_without_a_seed_each_piece_is_another(store):
    seeds = {run_json("generate", "--prompt", "x", "--duration", 0.1)[1]["seed"] for _ in range(3)}
    assert len(seeds) == 3


def test_calibrate_measures_again_and_keeps_the_range(example_store):
    code, found = run_json(
        "calibrate",
        "example",
        *QUICK[:-2],
        "--set",
        "calibrate.seed=5",
        "--store",
        example_store.root,
    )
    assert code == 0
    assert [trial["strength"] for trial in found["curve"]] == [0, 1, 2]
    entry = json.loads((example_store.root / "playlists" / "example.json").read_text())
    assert entry["calibration"] == found["key"]
    assert entry["range"] == found["range"]


def test_store_commands(example_store):
    root = ("--store", example_store.root)
    code, listed = run_json("store", "ls", *root)
    assert code == 0
    assert [playlist["name"] for playlist in listed["playlists"]] == ["example"]
    assert {row["stage"] for row in listed["records"]} == {
        "download",
        "transcode",
        "chunk",
        "extract",
        "aggregate",
        "reference",
        "vocabulary",
        "layer-effects",
        "calibrate",
    }
    (direction,) = run_json("store", "ls", "--stage", "aggregate", *root)[1]["records"]
    shown = run_json("store", "show", direction["key"][:10], *root)[1]
    assert shown["key"] == direction["key"]
    assert "direction.safetensors" in shown["files"]
    assert run_json("store", "verify", *root) == (0, {"checked": 9, "damaged": []})
    (example_store.root / "aggregate" / direction["key"] / "direction.safetensors").write_text("x")
    code, verified = run_json("store", "verify", *root)
    assert code == 1
    assert verified["damaged"][0]["problem"].startswith("direction.safetensors has 1 bytes")
    assert run("store", "verify", *root)[1].count("direction.safetensors") == 1
    assert "example" in run("store", "ls", *root)[1]


def test_doctor_says_what_works_and_what_to_do(store, tmp_path):
    code, found = run_json("doctor")
    checks = {check["name"]: check for check in found["checks"]}
    assert code == 0
    assert set(checks) == {"libraries", "device", "model", "prefect", "google", "store"}
    assert checks["model"]["found"] == (
        "nano loads with transformers (the model is in Transformers' format): "
        "6 layers of 192, melody"
    )
    (tmp_path / "file").write_text("")
    code, found = run_json("doctor", "--store", tmp_path / "file", "--set", "model.id=none")
    checks = {check["name"]: check for check in found["checks"]}
    assert code == 1
    assert not checks["store"]["ok"]
    assert "RESONANCE_STORE" in checks["store"]["remedy"]
    assert not checks["model"]["ok"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["ingest", "/no/such/folder"], 2, "/no/such/folder"),
        (["ingest", ".", "--config", "none"], 2, "no config file 'none'"),
        (["ingest", ".", "--set", "extract.layer=1"], 2, "Did you mean 'layers'?"),
        (["ingest", ".", "--name", "My List"], 2, "as in 'my-list'"),
        (["generate", "--prompt", "x", "--playlist", "none"], 2, "no playlist 'none'"),
        (["generate", "--prompt", "x", "--duration", "900"], 2, "generate.duration_s = 900"),
        (["generate", "--prompt", "x " * 2000], 2, "the prompt is too long"),
        (["generate", "--prompt", "  "], 2, "--prompt is empty"),
        (["generate", "--prompt", "x", "--duration", "0"], 2, "the settings given: generate.dur"),
        (["generate", "--prompt", "x", "--slider", "bas=1"], 2, "no concept 'bas'"),
        (["generate", "--prompt", "x", "--melody", "/no/song.mp3"], 2, "'/no/song.mp3' is no file"),
        (["generate", "--prompt", "x", "--strength", "1"], 2, "name the playlist"),
        (["generate", "--prompt", "x", "--seed", str(2**64)], 2, "seed = 18446744073709551616"),
        (["generate", "--prompt", "x", "--out", "a.json"], 2, "is no WAV file"),
        (["generate", "--prompt", "x", "--out", "/dev/null/a.wav"], 2, "cannot be made"),
        (["generate", "--prompt", "x", "--duration", "-1"], 2, "generate.duration_s = -1"),
        (["generate", "--prompt", ""], 2, "--prompt is empty"),
        (["generate", "--prompt", "x", "--strength", "nan"], 2, "strength = nan"),
        (["calibrate", "none"], 2, "no playlist 'none'"),
        (["store", "show", "xyz"], 2, "'xyz' is no key"),
        (["history", "none"], 2, "no playlist 'none'"),
        (["playlists", "/no/such/folder"], 2, "holds no .yaml file"),
    ],
)
@pytest.mark.usefixtures("prefect_server", "store")
def test_errors_are_words_with_an_exit_code(arguments, code, words):
    assert run(*arguments)[0] == code
    assert words in run(*arguments)[2]
    found, printed = run_json(*arguments)
    assert found == code
    assert words in f"{printed['error']['problem']} {printed['error']['remedy']}"


def test_the_version_is_that_of_the_package():
    assert run("--version") == (0, f"resonance {version('resonance')}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [("doctor",), ("concepts", "list"), ("concepts", "show", "bass"), ("store", "verify")],
    ids=" ".join,
)
@pytest.mark.usefixtures("store")
def test_what_takes_seconds_says_so_at_once(arguments, monkeypatch):
    said = []

    def status(what: str) -> contextlib.nullcontext:
        said.append(what)
        return contextlib.nullcontext()

    monkeypatch.setattr(console.notes, "status", status)
    assert run(*arguments)[0] == 0
    assert len(said) == 1


def test_brackets_in_titles_are_no_markup(store):
    console.print_table(["track"], [["[/b] closing [red]hot"]], title="[/x]")
    console.out.print("[/y] path")


def test_the_keyboard_stops_with_a_word(monkeypatch, store):
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flows.run.run_generate", stop)
    code, _, stderr = run("generate", "--prompt", "x")
    assert code == 130
    assert "What was finished is kept" in stderr


@pytest.mark.usefixtures("prefect_server", "store")
def test_a_playlist_without_usable_tracks_ends_with_each_reason(tmp_path):
    (tmp_path / "a.mp3").write_bytes(b"no music" * 100)
    code, printed = run_json("ingest", tmp_path)
    assert code == 1
    assert printed["error"]["type"] == "IngestError"
    assert "cannot be read as audio" in printed["tracks"][0]["reason"]


def test_a_runtime_setting_that_cannot_be_used_is_named(monkeypatch, store):
    monkeypatch.setenv("RESONANCE_BATCH_SIZE", "many")
    code, printed = run_json("store", "ls")
    assert code == 2
    assert "RESONANCE_ variables: batch_size = 'many'" in printed["error"]["problem"]


@pytest.mark.parametrize("arguments", [["store", "ls"], ["jobs"], ["history", "mine"]])
@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_store_in_the_place_of_a_file_is_refused(arguments, place, tmp_path):
    (tmp_path / "file").write_text("mine")
    code, _, stderr = run(*arguments, "--store", tmp_path / place)
    assert code == 2
    assert f"{tmp_path / 'file'} is a file" in stderr


@pytest.mark.parametrize(
    "wrong",
    [
        ("--prompt", " "),
        ("--prompt", "x", "--playlist", "evenin"),
        ("--prompt", "x", "--slider", "bas=0.5"),
        ("--prompt", "x", "--melody", "none.mp3"),
        ("--prompt", "x", "--set", "chunk.hop=4"),
    ],
)
def test_what_is_misspelt_is_refused_without_waiting_for_torch(wrong, store):
    asked = ["generate", *wrong, "--store", str(store.root)]
    script = (
        "import sys; from flows.cli import app\n"
        f"try: app({asked!r})\n"
        "finally: print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (2, "False"), done.stderr
