import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from tests.youtube_music import Catalogue, catalogue, item

FAST = ("--set", "match.pause_s=0")


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    with catalogue(monkeypatch) as served:
        yield served


@pytest.fixture
def names(served: Catalogue, tmp_path: Path) -> Path:
    """A list of which one track is found, one is doubtful, and one is not there."""
    served.songs["A One"] = [item("one--------", "One", "A", "3:20")]
    served.songs["A Two"] = [item("two--------", "Two (Live)", "A", "3:20")]
    path = tmp_path / "my names.txt"
    path.write_text("A - One\nA - Two\nA - Three\n")
    return path


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in ("match", *arguments, *FAST)])
    return result.exit_code, result.stdout, result.stderr


def test_what_was_found_is_shown_and_written(names: Path) -> None:
    code, stdout, _ = run(names)
    target = names.with_name("my names.matches.csv")
    assert code == 0
    for words in ("A - One", "A - Two (Live)", "another version (live)", "nothing like it"):
        assert words in " ".join(stdout.split())
    assert f"1 found, 1 to be looked at, 1 not found: {target}" in stdout
    assert f"Then: resonance ingest '{target}'" in stdout
    assert target.is_file()


def test_json_is_one_object(names: Path, tmp_path: Path) -> None:
    code, stdout, _ = run(names, "--json", "--out", tmp_path / "found.csv")
    printed = json.loads(stdout)
    assert code == 0
    assert printed["path"] == str(tmp_path / "found.csv")
    assert printed["counts"] == {"yes": 1, "?": 1, "no": 1}
    assert [track["take"] for track in printed["tracks"]] == ["yes", "?", "no"]
    assert printed["tracks"][0]["url"] == "https://www.youtube.com/watch?v=one--------"


def test_errors_are_words_with_an_exit_code(names: Path, served: Catalogue) -> None:
    assert run(names, "--out", "found.txt")[0] == 2
    served.failures = [(429, "")] * 4
    code, stdout, _ = run(names, "--json")
    assert code == 2
    assert "429 Too Many Requests" in json.loads(stdout)["error"]["problem"]
