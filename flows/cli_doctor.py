"""`resonance doctor`: what works here, and what to do if not."""

import typer

from flows.console import (
    FAILED,
    errors_in_words,
    notes,
    print_json,
    print_table,
    runtime_settings,
    settings_of,
)
from flows.options import ConfigOption, JsonOption, SetOption, StoreOption
from resonance_core.models.capabilities import CAPABILITIES, capability_table


def doctor(
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check what is installed, which device and model work, and whether the store can be used."""
    with errors_in_words(as_json):
        runtime = runtime_settings(store)
        settings = settings_of(config, overrides)
        pipeline = settings.read()
        with notes.status("Looking ..."):
            from flows.doctor import examine

            checks = examine(pipeline, runtime)
        if as_json:
            backends = {name: row.model_dump() for name, row in CAPABILITIES.items()}
            print_json({"checks": [one.model_dump() for one in checks], "backends": backends})
        else:
            rows = [("ok" if one.ok else "NO", one.name, one.found, one.remedy) for one in checks]
            print_table(("", "check", "found", "what to do"), rows)
            head, *able = capability_table()
            print_table(head, able, title="What each backend can do")
        if not all(one.ok for one in checks):
            raise typer.Exit(FAILED)
