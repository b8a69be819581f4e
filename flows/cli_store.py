"""The commands that look at the store, and sync it with a bucket."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.console import (
    FAILED,
    JsonOption,
    StoreOption,
    errors_in_words,
    notes,
    out,
    print_json,
    print_table,
    runtime_settings,
)
from resonance_core.store.layout import record_folder
from resonance_core.store.open import open_folder, open_store
from resonance_core.store.playlists import list_entries
from resonance_core.store.store import Store

if TYPE_CHECKING:
    from resonance_core.store.sync import Synced

UrlArgument = Annotated[str, typer.Argument(help="A bucket, or a place in it: s3://bucket/prefix.")]

app = typer.Typer(help="Look at what the store holds, and sync it.", no_args_is_help=True)


@app.command()
def ls(
    stage: Annotated[str | None, typer.Option(help="Only this stage.")] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List playlists and records."""
    with errors_in_words(as_json):
        opened = open_store(runtime_settings(store).store)
        entries = list_entries(opened)
        records: list[dict[str, Any]] = [
            {
                "stage": record.stage,
                "key": record.key,
                "created_at": record.created_at.isoformat(timespec="seconds"),
                "bytes": sum(file.size for file in record.files.values()),
            }
            for record in opened.records()
            if stage is None or record.stage == stage
        ]
        if as_json:
            playlists = [entry.model_dump(mode="json") for entry in entries]
            where = opened.address()
            print_json({"store": where, "playlists": playlists, "records": records})
            return
        names = [(one.name, str(len(one.tracks)), one.direction.key[:12]) for one in entries]
        rows = [
            (row["stage"], row["key"][:12], row["created_at"], f"{row['bytes']:,}")
            for row in records
        ]
        out.print(f"Store: {opened.address()}")
        print_table(("playlist", "tracks", "direction"), names)
        print_table(("stage", "key", "made", "bytes"), rows)


@app.command()
def show(
    key: Annotated[str, typer.Argument(help="A key, or its first six or more digits.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one record."""
    with errors_in_words(as_json):
        opened = open_store(runtime_settings(store).store)
        record = opened.get(key)
        path = opened.address(record_folder(record.request))
        shown = {"path": path, **record.model_dump(mode="json")}
        print_json(shown) if as_json else out.print_json(json.dumps(shown))


@app.command()
def verify(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Compare every file with its digest; exit code 1 where something differs."""
    with errors_in_words(as_json):
        opened = open_store(runtime_settings(store).store)
        damaged = opened.verify()
        checked = sum(1 for _ in opened.records())
        if as_json:
            print_json({"checked": checked, "damaged": [item.model_dump() for item in damaged]})
        else:
            for item in damaged:
                out.print(f"{item.path}: {item.problem}")
            out.print(f"{checked} records, {len(damaged)} problems.")
            if damaged:
                out.print("Remove the folders named above: what was in them is made again.")
        if damaged:
            raise typer.Exit(FAILED)


@app.command()
def push(url: UrlArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Send what a bucket lacks of the store's folder; exit code 1 where something is damaged."""
    with errors_in_words(as_json):
        from resonance_core.store.sync import push  # takes a second, as all of S3 does

        _sync(push, "Sending ...", url, store, as_json)


@app.command()
def pull(url: UrlArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Fetch what the store's folder lacks of a bucket; exit code 1 where something is damaged."""
    with errors_in_words(as_json):
        from resonance_core.store.sync import pull

        _sync(pull, "Fetching ...", url, store, as_json)


def _sync(
    sync: Callable[[Store, str], "Synced"],
    doing: str,
    url: str,
    location: str | None,
    as_json: bool,
) -> None:
    folder = open_folder(runtime_settings(location).store)
    with notes.status(doing):
        synced = sync(folder, url)
    if as_json:
        print_json(synced)
    else:
        out.print(*(f"Left out: {what}" for what in synced.damaged), sep="\n")
        out.print(
            f"{synced.artifacts} artifacts and {synced.small_files} small files travelled "
            f"({synced.files} files, {synced.bytes:,} bytes); {synced.there} artifacts were there."
        )
    if synced.damaged:
        raise typer.Exit(FAILED)
