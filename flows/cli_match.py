"""The command that finds the audio of a list's tracks."""

import shlex
from collections import Counter
from pathlib import Path
from typing import Annotated, get_args

import typer

from flows.console import errors_in_words, notes, out, print_json, print_table, settings_of
from flows.options import ConfigOption, JsonOption, SetOption
from resonance_core.sources.lists.matches import Take


def match(
    source: Annotated[
        Path, typer.Argument(metavar="LIST", help="A list of artists and titles, as CSV or text.")
    ],
    target: Annotated[
        Path | None,
        typer.Option("--out", help="The match file, if not LIST.matches.csv beside the list."),
    ] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the tracks of a list on YouTube Music, and write what was found for you to confirm."""
    with errors_in_words(as_json):
        settings = settings_of(config, overrides).read()
        with notes.status("Searching ...") as status:
            from resonance_core.sources.matching.match_list import match_file_path, match_list

            target = target or match_file_path(source)
            rows = match_list(
                source,
                target,
                settings.match,
                lambda done, of: status.update(f"Searching ... {done} of {of}"),
            )
        taken = Counter(row.take for row in rows)
        counts = {take: taken[take] for take in get_args(Take)}
        if as_json:
            tracks = [row.model_dump(mode="json") for row in rows]
            print_json({"path": str(target.absolute()), "counts": counts, "tracks": tracks})
            return
        print_table(
            ("take", "track", "found", "seconds off", "note"),
            [
                (
                    row.take,
                    f"{row.artist} - {row.title}" if row.artist else row.title,
                    f"{row.found_artist} - {row.found_title}" if row.found_title else row.url,
                    "" if row.difference_s is None else f"{row.difference_s:+.0f}",
                    row.note,
                )
                for row in rows
            ],
        )
        out.print(
            f"{counts['yes']} found, {counts['?']} to be looked at, {counts['no']} not found: "
            f"{target}"
        )
        if counts["?"]:
            out.print("Open it in a spreadsheet, write yes or no for each ?, and save it as CSV.")
        out.print(f"Then: resonance ingest {shlex.quote(str(target))}")
