"""The command that extracts the activations of a dataset."""

from typing import Annotated

import typer

from flows.console import (
    errors_in_words,
    notes,
    out,
    print_json,
    print_table,
    runtime_settings,
    settings_of,
)
from flows.options import ConfigOption, JsonOption, SetOption, StoreOption, VerboseOption


def reprocess(
    manifest: Annotated[
        str,
        typer.Argument(
            help="A folder, a CSV or Parquet file of paths or addresses, or a saved HF dataset."
        ),
    ],
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Extract the activations of a dataset, in shards; what is there is not made again."""
    with errors_in_words(as_json):
        runtime_settings(store, verbose)
        settings = settings_of(config, overrides)
        settings.read()  # before Prefect's start, which takes its time
        with notes.status("Starting Prefect ...") as status:
            from flows.server import launch_server

            launch_server()  # it gets ready while torch is imported
            from flows.progress import watched_by
            from flows.reprocess import run_reprocess

            def show(what: str) -> None:
                notes.print(what)
                status.update("Working ...")

            with watched_by(show):
                result = run_reprocess(manifest, settings)
        if as_json:
            print_json(result)
            return
        if result.failed:
            rows = [(track.title, track.reason) for track in result.failed]
            print_table(("failed", "reason"), rows)
        counts = {
            "tracks": result.tracks,
            "found in the store": result.found,
            "duplicates": result.duplicates,
            "failed": len(result.failed),
            "shards made": result.shards.misses,
            "shards found": result.shards.hits,
            "chunks heard": result.chunks,
        }
        rows = [(name, f"{count:,}") for name, count in counts.items()]
        rows += [
            ("seconds", f"{result.seconds:.1f}"),
            ("tracks a second", f"{result.tracks_per_second:.2f}"),
        ]
        print_table(("", "count"), rows)
        out.print(f"Activations: {result.dataset}")
