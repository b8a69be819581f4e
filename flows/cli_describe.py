"""The command that says what a playlist is like, without the model."""

import shlex
from typing import Annotated

import typer

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
from resonance_core.sources.resolve import resolve
from resonance_core.steering.concept_file import load_concepts
from resonance_core.store.open import open_store


def describe(
    source: Annotated[str, typer.Argument(help="A folder, a file, or a playlist's URL.")],
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say in seconds what a playlist is like, as a prompt and slider positions."""
    with errors_in_words(as_json):
        opened = open_store(runtime_settings(store).store)
        settings = settings_of(config, overrides).read()
        concepts = load_concepts(settings.concept.file)
        playlist = resolve(source, settings.resolve)
        with notes.status("Listening ..."):
            from resonance_core.describe.local import LocalDescriber
            from resonance_core.stages.describe import describe as describe_stage

            found = describe_stage(playlist.tracks, LocalDescriber(), settings.download, opened)
        character = found.character
        prompt, sliders = character.prompt(concepts), character.sliders(concepts)
        if as_json:
            print_json(
                {
                    "title": playlist.title,
                    "character": character.model_dump(),
                    "prompt": prompt,
                    "sliders": sliders,
                    "tracks": [track.model_dump() for track in found.tracks],
                }
            )
            return
        rows = [(name, f"{level:+.2f}") for name, level in sliders.items()]
        print_table(("slider", "position"), rows, title=playlist.title)
        genres = ", ".join(f"{name} {share:.0%}" for name, share in character.genres.items())
        out.print(f"Nearest to: {genres}.")
        if character.tempo_bpm is not None:
            out.print(f"Tempo: {character.tempo_bpm:.0f} beats a minute.")
        for track in found.tracks:
            if track.reason is not None:
                out.print(f"Left out: {track.title}: {track.reason}")
        moved = " ".join(f"--slider {name}={level:.1f}" for name, level in sliders.items())
        out.print(f"Play it: resonance generate --prompt {shlex.quote(prompt)} {moved}")
