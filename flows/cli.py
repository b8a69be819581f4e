"""The command line: parse, call a flow or the core, print.

Exit codes: 0 all well, 1 the work failed, 2 what was given cannot be used.
"""

import secrets
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.table import Table

from flows import cli_store
from flows.console import (
    FAILED,
    ConfigOption,
    JsonOption,
    SetOption,
    StoreOption,
    VerboseOption,
    errors_in_words,
    notes,
    out,
    pipeline_settings,
    print_json,
    range_in_words,
    runtime_settings,
)
from resonance_core.config import explain
from resonance_core.store.records import Record
from resonance_core.store.store import Store

app = typer.Typer(
    name="resonance",
    help="Music that sounds like your playlist.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(cli_store.app, name="store")

# Flows and models are imported inside the commands: they take seconds, which neither --help
# nor a typing error should cost.


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
        runtime_settings(store, verbose)
        settings = pipeline_settings(config, overrides)
        with notes.status("Starting Prefect ...") as status:
            from flows.ingest import ingest as flow
            from flows.progress import watched_by

            def show(done: int, total: int, what: str) -> None:
                notes.print(f"{done}/{total} {what}", highlight=False, markup=False)
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
    seed: Annotated[
        int | None, typer.Option(min=0, help="The same seed plays the same [default: random].")
    ] = None,
    target: Annotated[
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
        runtime = runtime_settings(store, verbose)
        length = [] if duration is None else [f"generate.duration_s={duration}"]
        settings = pipeline_settings(config, [*(overrides or []), *length])
        with notes.status("Playing ..."):
            from flows.run import run_generate
            from resonance_core.stages.generate import AUDIO, SIDECAR, GenerationRequest

            try:
                request = GenerationRequest(
                    prompt=prompt,
                    playlist=playlist,
                    strength=strength,
                    seed=secrets.randbelow(2**31) if seed is None else seed,
                )
            except ValidationError as error:
                raise explain(error, "the request", GenerationRequest) from error
            record = run_generate(request, settings, runtime).record
        kept = Store(runtime.store)
        audio, sidecar = kept.path(record, AUDIO), kept.path(record, SIDECAR)
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            audio = Path(shutil.copyfile(audio, target))
            sidecar = Path(shutil.copyfile(sidecar, target.with_suffix(".json")))
        if as_json:
            print_json(_piece(record, audio, sidecar, record.digest(AUDIO)))
            return
        info = record.info
        out.print(
            f"{audio.absolute()}\n{info['duration_s']:.1f} s, seed {info['seed']}", markup=False
        )


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
        runtime = runtime_settings(store, verbose)
        settings = pipeline_settings(config, overrides)
        with notes.status("Trying strengths ..."):
            from flows.run import run_calibrate

            record = run_calibrate(playlist, settings, runtime).record
        if as_json:
            print_json({"playlist": playlist, "key": record.key, **record.info})
            return
        table = Table("strength", "usable", "RMS")
        for trial in record.info["curve"]:
            usable = "yes" if trial["usable"] else "no"
            table.add_row(f"{trial['strength']:.2f}", usable, f"{trial['rms']:.3f}")
        out.print(table)
        out.print(range_in_words(record.info["range"]))


@app.command()
def doctor(
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check what is installed, which device and model work, and whether the store can be used."""
    with errors_in_words(as_json):
        runtime = runtime_settings(store)
        settings = pipeline_settings(config, overrides)
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


def _piece(record: Record, audio: Path, sidecar: Path, digest: str) -> dict[str, Any]:
    """Return what scripts read about a generated piece."""
    same = ("seed", "duration_s", "sample_rate", "backend", "steering", "descriptors")
    return {
        "path": str(audio.absolute()),
        "sidecar": str(sidecar.absolute()),
        "sha256": digest,
        "model": record.info["model"]["id"],
        **{field: record.info[field] for field in same},
        "seconds": record.seconds,
    }


def main() -> None:
    """Run the command line."""
    app()
