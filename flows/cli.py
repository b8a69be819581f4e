"""The command line: parse, call a flow or the core, print.

Exit codes: 0 all well, 1 the work failed, 2 what was given cannot be used.
"""

import secrets
import shutil
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from flows import (
    cli_analyze,
    cli_concepts,
    cli_describe,
    cli_match,
    cli_playlists,
    cli_reprocess,
    cli_store,
)
from flows.consent import agreed
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
    print_json,
    print_table,
    range_in_words,
    runtime_settings,
    settings_of,
    sounds_like,
)
from flows.sliders import refined, sliders_of
from resonance_core.config_file import explain
from resonance_core.errors import ConfigError
from resonance_core.models.capabilities import CAPABILITIES, capability_table
from resonance_core.store.open import open_store
from resonance_core.store.pieces import AUDIO, SIDECAR
from resonance_core.store.records import Record

app = typer.Typer(
    name="resonance",
    help="Music that sounds like your playlist.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(cli_store.app, name="store")
app.add_typer(cli_concepts.app, name="concepts")
app.add_typer(cli_analyze.app, name="analyze")

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
        settings = settings_of(config, overrides)
        with notes.status("Starting Prefect ...") as status:
            from flows.server import launch_server

            launch_server()  # it gets ready while torch is imported
            from flows.ingest import check, run_ingest
            from flows.progress import watched_by

            check(name, settings.read())  # before Prefect's start, which takes its time

            def show(what: str) -> None:
                notes.print(what)
                status.update("Working ...")

            with watched_by(show):
                result = run_ingest(source, name, settings)
        if as_json:
            print_json(result)
            return
        rows = [
            (
                track.title,
                track.status if track.reason is None else f"{track.status}: {track.reason}",
                "" if track.seconds is None else f"{track.seconds:.0f}",
                "" if track.chunks is None else str(track.chunks),
            )
            for track in result.tracks
        ]
        print_table(("track", "status", "seconds", "chunks"), rows, title=result.name)
        if result.left_out:
            maximum = settings.read().resolve.max_tracks
            out.print(f"{result.left_out} more left out: resolve.max_tracks is {maximum}.")
        if result.lost or 0 < len(result.gained) < len(result.tracks):
            new, gone = (", ".join(titles) or "none" for titles in (result.gained, result.lost))
            out.print(f"Since the direction before this one: new {new}; gone {gone}.")
        if result.words:
            out.print(sounds_like(result.words))
        out.print(range_in_words(result.range), f"Direction: {result.direction.path}", sep="\n")


for command in (
    cli_playlists.playlists,
    cli_playlists.jobs,
    cli_playlists.history,
    cli_describe.describe,
    cli_match.match,
    cli_reprocess.reprocess,
):
    app.command()(command)


@app.command()
def generate(
    prompt: Annotated[str, typer.Option(help="What to play.")],
    playlist: Annotated[
        str | None, typer.Option(help="An ingested playlist's name, or a direction's key.")
    ] = None,
    strength: Annotated[
        float | None, typer.Option(help="How strongly to steer [default: as calibrated].")
    ] = None,
    slider: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=POSITION", help="Move a slider, -1 to 1; repeatable."),
    ] = None,
    say: Annotated[
        list[str] | None,
        typer.Option(help='Move sliders in words, as "more bass, less tension"; repeatable.'),
    ] = None,
    melody: Annotated[
        Path | None, typer.Option(help="A recording whose melody the piece follows, as of humming.")
    ] = None,
    continues: Annotated[
        str | None, typer.Option("--continue", metavar="KEY", help="Go on from this piece.")
    ] = None,
    duration: Annotated[float | None, typer.Option(help="Length in seconds.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="The same seed plays the same [default: random].")
    ] = None,
    takes: Annotated[
        int, typer.Option(min=1, help="Play so many at once, with this seed and the next ones.")
    ] = 1,
    target: Annotated[
        Path | None, typer.Option("--out", help="Copy the WAV and its sidecar here.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Agree to what a hosted model is sent, unasked.")
    ] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Make a piece of music, steered by a playlist if one is given."""
    with errors_in_words(as_json):
        started = time.perf_counter()
        runtime = runtime_settings(store, verbose)
        if target is not None:
            check_target(target)
        positions, changes = refined(say or (), sliders_of(slider or ()))
        for change in changes:
            notes.print(f"{change.slider}: {change.before:g} to {change.after:g} ({change.words})")
        length = [] if duration is None else [f"generate.duration_s={duration}"]
        settings = settings_of(config, [*(overrides or []), *length])
        with notes.status("Playing ...") as status:
            from flows.hosted import to_be_sent
            from flows.run import run_generate
            from resonance_core.models.lyria import LOCALLY
            from resonance_core.stages.generation_request import GenerationRequest
            from resonance_core.stages.melody import melody as take_melody

            kept = open_store(runtime.store)
            model = settings.read().model
            tune = None if melody is None else take_melody(melody, model, kept).record.key
            try:
                request = GenerationRequest(
                    prompt=prompt,
                    melody=tune,
                    continues=continues,
                    playlist=playlist,
                    strength=strength,
                    sliders=positions,
                    seed=secrets.randbelow(2**31) if seed is None else seed,
                )
            except ValidationError as error:
                raise explain(error, "the request", GenerationRequest) from error
            sending = to_be_sent(request, takes, settings.read(), kept)
            consent = False
            if sending is not None:
                status.stop()  # it would write over the question
                consent = agreed(sending, yes, LOCALLY)
                status.start()
            outcomes = run_generate(request, settings, takes, consent)
        pieces = []
        for number, record in enumerate((outcome.record for outcome in outcomes), start=1):
            audio, sidecar = kept.path(record, AUDIO), kept.path(record, SIDECAR)
            if target is not None:
                place = target if takes == 1 else target.with_stem(f"{target.stem}-{number}")
                audio, sidecar = copy_piece(audio, sidecar, place)
            pieces.append(_piece(record, audio, sidecar, time.perf_counter() - started))
        if as_json:
            print_json(pieces[0] if takes == 1 else {"takes": pieces})
            return
        for piece in pieces:
            out.print(f"{piece['path']}\n{piece['duration_s']:.1f} s, seed {piece['seed']}")


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
        runtime_settings(store, verbose)
        settings = settings_of(config, overrides)
        with notes.status("Trying strengths ..."):
            from flows.run import run_calibrate

            record = run_calibrate(playlist, settings).record
        if as_json:
            print_json({"playlist": playlist, "key": record.key, **record.info})
            return
        rows = [
            (f"{row['strength']:.2f}", ", ".join(row["faults"]) or "yes", f"{row['rms']:.3f}")
            for row in record.info["curve"]
        ]
        print_table(("strength", "usable", "RMS"), rows)
        out.print(range_in_words(record.info["range"]))


@app.command()
def evaluate(
    quick: Annotated[
        bool, typer.Option("--quick", help="Play little: does it run? The numbers mean nothing.")
    ] = False,
    playlists: Annotated[
        Path | None,
        typer.Option(help="A folder of folders of music [default: examples/playlists]."),
    ] = None,
    target: Annotated[Path, typer.Option("--out", help="The report's folder.")] = Path(
        "evaluation"
    ),
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Measure whether steering works: sliders, playlists, and each step of the recipe."""
    with errors_in_words(as_json):
        runtime = runtime_settings(store, verbose)
        settings = settings_of(config, overrides)
        with notes.status("Starting Prefect ..."):
            from flows.server import launch_server

            launch_server()  # it gets ready while torch is imported
            from flows.evaluate import PLAYLISTS, run_evaluate
            from flows.evaluation_report import write_report
            from flows.evaluation_tables import claims_table
            from resonance_core.evaluation.rungs import name_of_rung

            name_of_rung(settings.read())  # before Prefect's start, which takes its time
            found = run_evaluate(playlists or PLAYLISTS, quick, settings)
        written = write_report(found, open_store(runtime.store), target)
        if as_json:
            print_json(found)
            return
        print_table(*claims_table(found))
        if quick:
            notes.print("A quick run: it shows that everything works; its numbers mean nothing.")
        out.print(*(f"{path}" for path in written), sep="\n")


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
        settings = settings_of(config, overrides)
        from flows.doctor import examine

        checks = examine(settings.read(), runtime)
        if as_json:
            backends = {name: row.model_dump() for name, row in CAPABILITIES.items()}
            print_json({"checks": [one.model_dump() for one in checks], "backends": backends})
        else:
            rows = [("ok" if one.ok else "NO", one.name, one.found, one.remedy) for one in checks]
            print_table(("", "check", "found", "what to do"), rows)
            head, *able = capability_table()
            print_table(head, able, title="What each backend can do")
        if not all(one.ok for one in checks):
            raise typer.Exit(FAILED)


def check_target(target: Path) -> None:
    """Refuse, before any work, a place that a WAV file cannot be copied to.

    Raises:
        ConfigError: It is a folder, has another suffix, or its folder cannot be made.
    """
    if target.suffix.lower() != ".wav" or target.is_dir():
        raise ConfigError(f"--out {str(target)!r} is no WAV file", "Name one, as piece.wav")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"the folder {target.parent} cannot be made ({error.strerror})", "Choose another"
        ) from error


def copy_piece(audio: Path, sidecar: Path, target: Path) -> tuple[Path, Path]:
    """Copy a piece out of the store, and its sidecar beside it.

    Raises:
        ConfigError: The place cannot be written; the piece stays in the store.
    """
    try:
        copy = Path(shutil.copyfile(audio, target))
        return copy, Path(shutil.copyfile(sidecar, target.with_suffix(".json")))
    except OSError as error:
        raise ConfigError(
            f"{target} cannot be written ({error.strerror}); the piece is kept in {audio}",
            "Choose another place",
        ) from error


def _piece(record: Record, audio: Path, sidecar: Path, seconds: float) -> dict[str, Any]:
    """Return what scripts read about a generated piece."""
    same = ("seed", "duration_s", "sample_rate", "backend", "sliders", "steering", "descriptors")
    return {
        "key": record.key,
        "path": str(audio.absolute()),
        "sidecar": str(sidecar.absolute()),
        "sha256": record.digest(AUDIO),
        "model": record.info["model"]["id"],
        **{field: record.info[field] for field in same},
        "seconds": seconds,
    }


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
