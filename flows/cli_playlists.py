"""The commands that ingest playlists, and tell what became of them."""

from pathlib import Path
from typing import Annotated

import typer

from flows.console import errors_in_words, notes, out, print_json, print_table, runtime_settings
from flows.options import JsonOption, StoreOption, VerboseOption
from resonance_core.errors import NotInStoreError
from resonance_core.store.history import read_history
from resonance_core.store.jobs import list_jobs
from resonance_core.store.open import open_store


def playlists(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Holds a YAML file each.", show_default="configs/playlists"),
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Ingest every playlist of a folder; one that fails stops no other."""
    with errors_in_words(as_json):
        runtime_settings(store, verbose)
        with notes.status("Starting Prefect ..."):
            from flows.server import launch_server

            launch_server()  # it gets ready while torch is imported
            from flows.playlists import FOLDER, run_playlists
            from flows.progress import watched_by

            with watched_by(notes.print):
                outcomes = run_playlists(folder or FOLDER)
        if as_json:
            print_json({"playlists": [outcome.model_dump() for outcome in outcomes]})
            return
        rows = [(one.name, ", ".join(one.gained), ", ".join(one.lost)) for one in outcomes]
        print_table(("playlist", "new tracks", "gone"), rows)


def jobs(
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is being ingested and what was, the newest first."""
    with errors_in_words(as_json):
        found = list_jobs(open_store(runtime_settings(store).store))
        if as_json:
            print_json({"jobs": [job.model_dump(mode="json") for job in found]})
            return
        rows = [
            (
                job.name or job.source,
                job.state if job.reason is None else f"{job.state}: {job.reason}",
                ", ".join(f"{count} {state}" for state, count in job.counts.items() if count),
                f"{job.updated_at.astimezone():%Y-%m-%d %H:%M:%S}",
            )
            for job in found
        ]
        print_table(("playlist", "state", "tracks", "last change"), rows)


def history(
    name: Annotated[str, typer.Argument(help="An ingested playlist's name.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show which directions a playlist had, and what changed from one to the next."""
    with errors_in_words(as_json):
        past = read_history(open_store(runtime_settings(store).store), name)
        if not past:
            raise NotInStoreError(
                f"there is no playlist {name!r} in the store", "List them with: resonance store ls"
            )
        if as_json:
            print_json({"name": name, "history": [one.model_dump(mode="json") for one in past]})
            return
        rows = [
            (
                f"{one.ingested_at.astimezone():%Y-%m-%d %H:%M}",
                one.direction[:12],
                str(len(one.tracks)),
                ", ".join(one.gained),
                ", ".join(one.lost),
            )
            for one in past
        ]
        print_table(("made", "direction", "tracks", "new", "gone"), rows, title=name)
        out.print("A piece is played with an earlier one by its key: --playlist KEY.")
