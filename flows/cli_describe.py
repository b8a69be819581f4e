"""The command that says what a playlist is like, without the model."""

import shlex
from typing import Annotated

import typer

from flows import describe as flow
from flows.console import (
    ConfigOption,
    JsonOption,
    SetOption,
    StoreOption,
    errors_in_words,
    notes,
    out,
    print_json,
    print_table,
    runtime_settings,
    settings_of,
)
from resonance_core.describe.registry import DescriberName


def describe(
    source: Annotated[str, typer.Argument(help="A folder, a file, or a playlist's URL.")],
    describer: Annotated[DescriberName, typer.Option(help="Who hears it.")] = "local",
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say in seconds what a playlist is like, as a prompt and slider positions."""
    with errors_in_words(as_json):
        runtime_settings(store)
        with notes.status("Listening ..."):
            found = flow.describe(source, describer, settings_of(config, overrides))
        if as_json:
            print_json(found)
            return
        character, sliders = found.character, found.sliders
        rows = [(name, f"{level:+.2f}") for name, level in sliders.items()]
        print_table(("slider", "position"), rows, title=found.title)
        genres = ", ".join(f"{name} {share:.0%}" for name, share in character.genres.items())
        out.print(f"Nearest to: {genres}.")
        if character.tempo_bpm is not None:
            out.print(f"Tempo: {character.tempo_bpm:.0f} beats a minute.")
        for track in found.tracks:
            if track.reason is not None:
                out.print(f"Left out: {track.title}: {track.reason}")
        moved = " ".join(f"--slider {name}={level:.1f}" for name, level in sliders.items())
        out.print(f"Play it: resonance generate --prompt {shlex.quote(found.prompt)} {moved}")
