"""The command line: parse, call a flow or the core, print.

Exit codes: 0 all well, 1 the work failed, 2 what was given cannot be used.
"""

import json
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ValidationError
from rich.console import Console
from rich.table import Table

from resonance_core.config import PipelineConfig, RuntimeConfig, load_config
from resonance_core.errors import ConfigError, ResonanceError, SourceError, StoreError
from resonance_core.store.store import Store

FAILED = 1
BAD_INPUT = 2

app = typer.Typer(
    name="resonance",
    help="Music that sounds like your playlist.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
store_app = typer.Typer(help="Look at what the store holds.", no_args_is_help=True)
app.add_typer(store_app, name="store")

out = Console()
notes = Console(stderr=True)

ConfigOption = Annotated[
    str | None, typer.Option("--config", help="A YAML file, or: nano, melody-large.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PART.FIELD=VALUE", help="Override one setting; repeatable."),
]
StoreOption = Annotated[
    Path | None, typer.Option("--store", help="The store's folder [env: RESONANCE_STORE].")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Show Prefect's log.")]


@app.command()
def ingest(
    source: Annotated[str, typer.Argument(help="A folder, a file, or a playlist's URL.")],
    name: Annotated[str | None, typer.Option(help="The name to find it by.")] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Turn a playlist into a direction and its usable range."""
    with errors_in_words(as_json):
        settings, _ = prepare(config, overrides, store, verbose)
        from flows.progress import watched_by

        with notes.status("Starting Prefect ...") as status:
            from flows.ingest import ingest as flow

            def show(done: int, total: int, what: str) -> None:
                notes.print(f"[dim]{done}/{total}[/dim] {what}", highlight=False)
                status.update("Working ...")

            with watched_by(show):
                result = flow(source, name, settings)
        if as_json:
            print_json(result)
            return
        table = Table("track", "status", "seconds", "chunks", title=result.name)
        for track in result.tracks:
            table.add_row(
                track.title,
                track.status if track.reason is None else f"{track.status}: {track.reason}",
                "" if track.seconds is None else f"{track.seconds:.0f}",
                "" if track.chunks is None else str(track.chunks),
            )
        out.print(table)
        out.print(range_in_words(result.range), f"Direction: {result.direction.path}", sep="\n")


@app.command()
def generate(
    prompt: Annotated[str, typer.Option(help="What to play.")],
    playlist: Annotated[
        str | None, typer.Option(help="An ingested playlist's name, or a direction's key.")
    ] = None,
    strength: Annotated[
        float | None, typer.Option(help="How strongly to steer [default: as calibrated].")
    ] = None,
    duration: Annotated[float | None, typer.Option(help="Length in seconds.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed plays the same.")] = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Copy the WAV and its sidecar here.")
    ] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Make a piece of music, steered by a playlist if one is given."""
    with errors_in_words(as_json):
        if duration is not None:
            overrides = [*(overrides or []), f"generate.duration_s={duration}"]
        settings, runtime = prepare(config, overrides, store, verbose)
        with notes.status("Playing ..."):
            from flows.run import run_generate
            from resonance_core.stages.generate import AUDIO, SIDECAR, GenerationRequest

            request = GenerationRequest(
                prompt=prompt,
                playlist=playlist,
                strength=strength,
                seed=secrets.randbelow(2**31) if seed is None else seed,
            )
            outcome = run_generate(request, settings, runtime)
        record, folder = outcome.record, Store(runtime.store)
        audio, sidecar = folder.path(record, AUDIO), folder.path(record, SIDECAR)
        if out_file is not None:
            audio, sidecar = (
                Path(shutil.copyfile(source, target))
                for source, target in (
                    (audio, out_file),
                    (sidecar, out_file.with_suffix(".json")),
                )
            )
        info = record.info
        result = {
            "path": str(audio.absolute()),
            "sidecar": str(sidecar.absolute()),
            "sha256": record.digest(AUDIO),
            **{
                field: info[field]
                for field in (
                    "seed",
                    "duration_s",
                    "sample_rate",
                    "backend",
                    "steering",
                    "descriptors",
                )
            },
            "model": info["model"]["id"],
            "seconds": record.seconds,
        }
        if as_json:
            print_json(result)
            return
        out.print(f"{result['path']}  ({info['duration_s']:.1f} s, seed {info['seed']})")


@app.command()
def calibrate(
    playlist: Annotated[str, typer.Argument(help="A playlist's name, or a direction's key.")],
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Measure again which strengths of a direction are usable."""
    with errors_in_words(as_json):
        settings, runtime = prepare(config, overrides, store, verbose)
        with notes.status("Trying strengths ..."):
            from flows.run import run_calibrate

            outcome = run_calibrate(playlist, settings, runtime)
        info = outcome.record.info
        if as_json:
            print_json({"playlist": playlist, "key": outcome.record.key, **info})
            return
        table = Table("strength", "usable", "RMS")
        for trial in info["curve"]:
            usable = "yes" if trial["usable"] else "no"
            table.add_row(f"{trial['strength']:.2f}", usable, f"{trial['rms']:.3f}")
        out.print(table)
        out.print(range_in_words(info["range"]))


@store_app.command("ls")
def store_ls(
    stage: Annotated[str | None, typer.Option(help="Only this stage.")] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List playlists and records."""
    with errors_in_words(as_json):
        from resonance_core.store.playlists import list_entries

        _, runtime = prepare(None, None, store, False)
        folder = Store(runtime.store)
        entries = list_entries(folder)
        records = [r for r in folder.records() if stage is None or r.stage == stage]
        if as_json:
            print_json(
                {
                    "store": str(folder.root.absolute()),
                    "playlists": [entry.model_dump(mode="json") for entry in entries],
                    "records": [
                        {
                            "stage": record.stage,
                            "key": record.key,
                            "created_at": record.created_at.isoformat(),
                            "bytes": sum(file.size for file in record.files.values()),
                        }
                        for record in records
                    ],
                }
            )
            return
        names = Table("playlist", "tracks", "direction", title=str(folder.root))
        for entry in entries:
            names.add_row(entry.name, str(len(entry.tracks)), entry.direction.key[:12])
        table = Table("stage", "key", "made", "bytes")
        for record in records:
            size = sum(file.size for file in record.files.values())
            made = f"{record.created_at:%Y-%m-%d %H:%M}"
            table.add_row(record.stage, record.key[:12], made, f"{size:,}")
        out.print(names, table)


@store_app.command("show")
def store_show(
    key: Annotated[str, typer.Argument(help="A key, or its first six or more digits.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one record."""
    with errors_in_words(as_json):
        _, runtime = prepare(None, None, store, False)
        folder = Store(runtime.store)
        record = folder.get(key)
        shown = {
            "path": str(folder.directory(record.request).absolute()),
            **record.model_dump(mode="json"),
        }
        print_json(shown) if as_json else out.print_json(json.dumps(shown))


@store_app.command("verify")
def store_verify(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Compare every file with its digest."""
    with errors_in_words(as_json):
        _, runtime = prepare(None, None, store, False)
        folder = Store(runtime.store)
        damaged = folder.verify()
        checked = sum(1 for _ in folder.records())
        if as_json:
            print_json({"checked": checked, "damaged": [item.model_dump() for item in damaged]})
        else:
            for item in damaged:
                out.print(f"{item.stage} {item.key[:12]}: {item.problem}", highlight=False)
            out.print(f"{checked} records, {len(damaged)} problems.")
            if damaged:
                out.print("What is damaged is made again when it is next needed.")
        if damaged:
            raise typer.Exit(FAILED)


@app.command()
def doctor(
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check what is installed, which device and model work, and whether the store can be used."""
    with errors_in_words(as_json):
        settings, runtime = prepare(config, overrides, store, False)
        from flows.doctor import examine

        checks = examine(settings, runtime)
        if as_json:
            print_json({"checks": [check.model_dump() for check in checks]})
        else:
            table = Table("", "check", "found", "what to do")
            for check in checks:
                table.add_row("ok" if check.ok else "NO", check.name, check.found, check.remedy)
            out.print(table)
        if not all(check.ok for check in checks):
            raise typer.Exit(FAILED)


def prepare(
    config: str | None, overrides: list[str] | None, store: Path | None, verbose: bool
) -> tuple[PipelineConfig, RuntimeConfig]:
    """Read the settings, and say to this process and Prefect what the options mean."""
    if store is not None:
        os.environ["RESONANCE_STORE"] = str(store)
    if not verbose:
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    try:
        runtime = RuntimeConfig()
    except ValidationError as error:
        failure = error.errors()[0]
        name = f"RESONANCE_{failure['loc'][0]}".upper()
        raise ConfigError(
            f"the environment's {name}={failure['input']!r} cannot be used", failure["msg"]
        ) from error
    return load_config(config, overrides or ()), runtime


@contextmanager
def errors_in_words(as_json: bool) -> Iterator[None]:
    """Print an expected error as people or scripts read it, and end with its exit code."""
    try:
        yield
    except ResonanceError as error:
        if as_json:
            tracks = [track.model_dump() for track in getattr(error, "tracks", [])]
            print_json(
                {
                    "error": {
                        "type": type(error).__name__,
                        "problem": error.problem,
                        "remedy": error.remedy,
                    },
                    **({"tracks": tracks} if tracks else {}),
                }
            )
        else:
            notes.print(f"[red]Error:[/red] {error}", highlight=False)
        is_input = isinstance(error, ConfigError | SourceError | StoreError)
        raise typer.Exit(BAD_INPUT if is_input else FAILED) from error


def range_in_words(found: Any) -> str:
    """Return a usable range as a sentence."""
    if found is None:
        return "No strength of this direction is known to be usable."
    values = found.model_dump() if isinstance(found, BaseModel) else found
    return (
        f"Usable strengths: {values['low']:.2f} to {values['high']:.2f}; "
        f"recommended {values['recommended']:.2f}."
    )


def print_json(value: Any) -> None:
    """Print one JSON object to standard output, and nothing else there."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    sys.stdout.write(json.dumps(plain, indent=1, allow_nan=False) + "\n")


def main() -> None:
    """Run the command line."""
    app()
