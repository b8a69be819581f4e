"""The command line: all commands of `resonance`, each a file beside this one.

Exit codes: 0 all well, 1 the work failed, 2 what was given cannot be used.
"""

from importlib.metadata import version
from typing import Annotated

import typer

from flows import (
    cli_analyze,
    cli_concepts,
    cli_describe,
    cli_doctor,
    cli_evaluate,
    cli_generate,
    cli_ingest,
    cli_match,
    cli_playlists,
    cli_reprocess,
    cli_store,
)

# Flows and models are imported inside the commands: they take seconds, which neither --help
# nor a typing error should cost.
app = typer.Typer(
    name="resonance",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(cli_store.app, name="store")
app.add_typer(cli_concepts.app, name="concepts")
app.add_typer(cli_analyze.app, name="analyze")
for command in (
    cli_ingest.ingest,
    cli_playlists.playlists,
    cli_playlists.jobs,
    cli_playlists.history,
    cli_describe.describe,
    cli_match.match,
    cli_reprocess.reprocess,
    cli_generate.generate,
    cli_ingest.calibrate,
    cli_evaluate.evaluate,
    cli_doctor.doctor,
):
    app.command()(command)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"resonance {version('resonance')}")
        raise typer.Exit


@app.callback()
def _resonance(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Say which it is."),
    ] = False,
) -> None:
    """Music that sounds like your playlist."""


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
