"""The commands that look at the store, and sync it with a bucket."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.console import (
    FAILED,
    errors_in_words,
    notes,
    out,
    print_json,
    print_table,
    runtime_settings,
)
from flows.options import BucketArgument, JsonOption, StoreOption
from resonance_core.errors import ConfigError
from resonance_core.store.compact import compact as compact_activations
from resonance_core.store.gc import check_stage, collect_garbage, parse_age
from resonance_core.store.layout import record_folder
from resonance_core.store.open import S3, open_folder, open_store
from resonance_core.store.playlists import list_entries
from resonance_core.store.stats import store_stats
from resonance_core.store.store import Store

if TYPE_CHECKING:
    from resonance_core.store.sync import Synced

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
        entries, held = list_entries(opened), list(opened.records())
        if stage is not None and held:
            check_stage(stage, held)
        records: list[dict[str, Any]] = [
            {
                "stage": record.stage,
                "key": record.key,
                "created_at": record.created_at.isoformat(timespec="seconds"),
                "bytes": sum(file.size for file in record.files.values()),
            }
            for record in held
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
        with notes.status("Comparing ..."):
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
def push(url: BucketArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Send what a bucket lacks of the store's folder; exit code 1 where something is damaged."""
    with errors_in_words(as_json):
        from resonance_core.store.sync import push  # takes a second, as all of S3 does

        _sync(push, "Sending ...", url, store, as_json)


@app.command()
def pull(url: BucketArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
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


@app.command()
def stats(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Count what the store holds, by stage and by data set of activations."""
    with errors_in_words(as_json):
        opened = open_store(runtime_settings(store).store)
        with notes.status("Counting ..."):
            found = store_stats(opened)
        if as_json:
            print_json({"store": opened.address(), **found.model_dump()})
            return
        out.print(f"Store: {opened.address()}")
        print_table(
            ("stage", "records", "bytes"),
            [(one.stage, str(one.records), f"{one.bytes:,}") for one in found.stages],
        )
        print_table(
            ("activations", "tracks", "chunks", "layers", "bytes", "bytes a vector"),
            [
                (
                    one.extraction,
                    f"{one.tracks:,}",
                    f"{one.chunks:,}",
                    str(len(one.layers)),
                    f"{one.bytes:,}",
                    f"{one.bytes_per_vector:,.0f}",
                )
                for one in found.extractions
            ],
        )


@app.command()
def compact(
    extraction: Annotated[
        str | None, typer.Argument(help="What follows extraction= in its folder, or how it starts.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the many small files of each data set of activations as few large ones, beside them."""
    with errors_in_words(as_json):
        opened = open_folder(runtime_settings(store).store)
        with notes.status("Compacting ..."):
            found = compact_activations(opened, extraction)
        if as_json:
            print_json({"extractions": [one.model_dump() for one in found]})
            return
        print_table(
            ("activations", "files", "bytes", "compacted files", "bytes", ""),
            [
                (
                    one.extraction,
                    f"{one.sources:,}",
                    f"{one.source_bytes:,}",
                    f"{one.files:,}",
                    f"{one.bytes:,}",
                    "was there" if one.hit else "made",
                )
                for one in found
            ],
        )


@app.command()
def gc(
    stage: Annotated[
        str | None, typer.Option(help="Remove results of this stage that no playlist names, too.")
    ] = None,
    older_than: Annotated[
        str | None, typer.Option(metavar="AGE", help="Only if made so long ago: 12h, 30d or 8w.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Remove nothing, only list.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove remains that nothing can use: of killed processes, without a record, outdated."""
    with errors_in_words(as_json):
        if older_than is not None and stage is None:
            raise ConfigError("--older-than says nothing alone", "Add --stage, as in transcode")
        location = runtime_settings(store).store
        if location.startswith(S3):
            if stage is not None:
                raise ConfigError("--stage is for a store in a folder", "Leave it out for a bucket")
            # Here, for the libraries of S3 take half a second to import.
            from resonance_core.store.bucket_gc import collect_bucket_garbage

            found = collect_bucket_garbage(location, dry_run)
        else:
            age = {} if older_than is None else {"older_than": parse_age(older_than)}
            found = collect_garbage(open_folder(location), stage, dry_run=dry_run, **age)
        size = sum(one.bytes for one in found)
        if as_json:
            removed = [one.model_dump() for one in found]
            print_json({"dry_run": dry_run, "bytes": size, "removed": removed})
            return
        for one in found:
            out.print(f"{' and '.join(one.paths)}: {one.bytes:,} bytes, {one.reason}")
        out.print(f"{size:,} bytes {'could be removed' if dry_run else 'removed'}.")
