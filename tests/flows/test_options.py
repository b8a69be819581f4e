from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from studio.cli import app


def commands(group: TyperGroup, *above: str) -> Iterator[tuple[str, ...]]:
    """The words of every command."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *above, name)
        else:
            yield (*above, name)


def helped(*command: str) -> str:
    """What --help prints of a command, in words on one line."""
    result = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    return " ".join(result.stdout.split())


@pytest.mark.parametrize("command", commands(typer.main.get_command(app)), ids=" ".join)
def test_help_holds_every_word_of_every_option(command):
    """What stands in square brackets is markup to the help's printer, and was left out."""
    shown = helped(*command)
    assert " . " not in shown
    if "--store" in shown:
        assert "A folder, or s3://bucket/prefix. [env var: RESONANCE_STORE]" in shown


def test_help_tells_defaults():
    assert "Which layer. [default: (the middle one)]" in helped("analyze", "nearest")
    assert "The same seed plays the same. [default: (random)]" in helped("generate")
    assert "[default: (configs/playlists)]" in helped("playlists")
    assert "[default: (8420)]" in helped("studio")
