"""The command that says what a playlist is like, without the model."""

import shlex
from typing import Annotated, Literal

import typer
from rich.status import Status

from flows.consent import agreed
from flows.console import (
    errors_in_words,
    notes,
    out,
    print_json,
    print_table,
    runtime_settings,
    settings_of,
)
from flows.options import (
    ConfigOption,
    JsonOption,
    SetOption,
    SourceArgument,
    StoreOption,
    YesOption,
)
from resonance_core.consent import Consent, Sending


def describe(
    source: SourceArgument,
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
    describer: Annotated[
        Literal["local", "gemini"] | None,
        typer.Option("--with", help="Who hears it: local, or Google's gemini."),
    ] = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say in seconds what a playlist is like, as a prompt and slider positions.

    Only with Gemini does anything leave this machine, after you were shown what and agreed.
    """
    with errors_in_words(as_json):
        runtime_settings(store)
        chosen = [] if describer is None else [f"describe.describer={describer}"]
        settings = settings_of(config, [*(overrides or ()), *chosen])
        with notes.status("Listening ...") as status:
            from flows import describe as flow

            found = flow.describe(source, settings, _consent(yes, status))
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
        for label, words in (("Instruments", character.instruments), ("Mood", character.mood)):
            if words:
                out.print(f"{label}: {', '.join(words)}.")
        for track in found.tracks:
            if track.reason is not None:
                out.print(f"Left out: {track.title}: {track.reason}")
        moved = " ".join(f"--slider {name}={level:.1f}" for name, level in sliders.items())
        out.print(f"Play it: resonance generate --prompt {shlex.quote(found.prompt)} {moved}")


def _consent(yes: bool, status: Status) -> Consent:
    """Return what asks the person at the terminal, who may have agreed ahead."""

    def ask(sending: Sending) -> bool:
        status.stop()  # it would write over the question
        consent = agreed(sending, yes, "describe --with local, which sends nothing")
        status.start()
        return consent

    return ask
