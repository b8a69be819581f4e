"""`resonance ingest` and `calibrate`: a playlist becomes a direction that can be used."""

from typing import Annotated

import typer

from flows.console import (
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
from flows.options import (
    ConfigOption,
    JsonOption,
    SetOption,
    SourceArgument,
    StoreOption,
    VerboseOption,
)


def ingest(
    source: SourceArgument,
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
