"""What all commands share: their settings, and how they print."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from pydantic import BaseModel, ValidationError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.settings import Settings
from resonance_core.config import RuntimeConfig
from resonance_core.config_file import explain
from resonance_core.errors import ResonanceError

FAILED = 1
"""Exit code: the work failed."""
INTERRUPTED = 130
"""Exit code: stopped from the keyboard, as shells have it."""

# No markup: titles and paths may hold brackets, which are no colours.
out = Console(soft_wrap=True, markup=False, highlight=False)
notes = Console(stderr=True, soft_wrap=True, markup=False, highlight=False)


def runtime_settings(store: str | None, verbose: bool = False) -> RuntimeConfig:
    """Read the runtime config, and tell this process and Prefect what the options mean.

    Raises:
        ConfigError: A variable of the environment that cannot be used.
    """
    if store is not None:
        os.environ["RESONANCE_STORE"] = store
    if not verbose:
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    try:
        return RuntimeConfig()
    except ValidationError as error:
        raise explain(error, "the environment's RESONANCE_ variables", RuntimeConfig) from error


def settings_of(config: str | None, overrides: Iterable[str] | None) -> Settings:
    """Return the settings that the options mean."""
    given = {} if config is None else {"config": config}
    return Settings(**given, overrides=tuple(overrides or ()))


@contextmanager
def errors_in_words(as_json: bool) -> Iterator[None]:
    """Print an expected error as people or scripts read it, and end with its exit code."""
    try:
        yield
    except ResonanceError as error:
        if as_json:
            tracks = [track.model_dump() for track in getattr(error, "tracks", [])]
            words = {"type": type(error).__name__, "problem": error.problem}
            shown = {"error": {**words, "remedy": error.remedy}}
            print_json({**shown, "tracks": tracks} if tracks else shown)
        else:
            notes.print("Error:", style="red", end=" ")
            notes.print(str(error))
        raise typer.Exit(error.exit_code) from error
    except KeyboardInterrupt:
        notes.print("Stopped. What was finished is kept: run the same command to go on.")
        raise typer.Exit(INTERRUPTED) from None


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None
) -> None:
    """Print rows of plain text as a table."""
    table = Table(*columns, title=None if title is None else Text(title))
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    out.print(table)


def print_json(value: Any) -> None:
    """Print one JSON object to standard output, and nothing else there."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    sys.stdout.write(json.dumps(plain, indent=1, allow_nan=False) + "\n")


def sounds_like(words: Sequence[str]) -> str:
    """Return the prompts that describe a playlist best as a sentence."""
    return f"To the model it sounds like: {', '.join(words)}."


def range_in_words(found: Any) -> str:
    """Return a usable range as a sentence."""
    if found is None:
        return "No strength of this direction is known to be usable."
    values = found.model_dump() if isinstance(found, BaseModel) else found
    return (
        f"Usable strengths: {values['low']:.2f} to {values['high']:.2f}; "
        f"recommended {values['recommended']:.2f}."
    )
