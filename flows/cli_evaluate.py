"""`resonance evaluate`: does steering work?"""

from pathlib import Path
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
from resonance_core.store.open import open_store


def evaluate(
    quick: Annotated[
        bool, typer.Option("--quick", help="Play little: does it run? The numbers mean nothing.")
    ] = False,
    playlists: Annotated[
        Path | None,
        typer.Option(help="A folder of folders of music.", show_default="examples/playlists"),
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
