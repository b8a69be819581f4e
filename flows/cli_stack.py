"""The commands `make up` and `make down`: Prefect on this machine, with all deployments."""

import typer

from flows.console import errors_in_words, notes, out
from flows.stack import Stack

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def up() -> None:
    """Start what does not run yet, and bring the deployments up to date."""
    with errors_in_words(as_json=False):
        stack = Stack()
        with notes.status("Starting Prefect's server, its worker and the deployments ..."):
            stack.start()
        out.print(
            f"Prefect's UI: {stack.url}",
            f"Logs: {stack.server.log}, {stack.worker.log}",
            "Runs of the command line go there too with:",
            f"  export PREFECT_API_URL={stack.url.join('/api')}",
            "Stop all of it with: make down",
            sep="\n",
        )


@app.command()
def down() -> None:
    """Stop what `up` started, and nothing else."""
    with errors_in_words(as_json=False):
        with notes.status("Stopping Prefect's worker and server ..."):
            Stack().stop()
        out.print("Stopped.")


if __name__ == "__main__":
    app()
