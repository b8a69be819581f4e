"""The commands about concepts, the sliders' directions."""

from typing import Annotated, Any

import typer

from flows.console import (
    errors_in_words,
    notes,
    out,
    print_json,
    print_table,
    range_in_words,
    runtime_settings,
    settings_of,
)
from flows.options import ConfigOption, JsonOption, SetOption, StoreOption, VerboseOption
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.steering.concept_file import ConceptFile, load_concepts
from resonance_core.store.concepts import known_concepts
from resonance_core.store.open import open_store

app = typer.Typer(help="Make and look at the sliders' directions.", no_args_is_help=True)


@app.command()
def build(
    names: Annotated[list[str] | None, typer.Argument(help="Concepts; all if none.")] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Make the directions of concepts, and measure which strengths are usable on both sides."""
    with errors_in_words(as_json):
        runtime_settings(store, verbose)
        settings = settings_of(config, overrides)
        file = load_concepts(settings.read().concept.file)
        for name in names or ():
            file.check(name)  # before Prefect's start, which takes its time
        with notes.status("Making directions ..."):
            from flows.server import launch_server

            launch_server()  # it gets ready while torch is imported
            from flows.concepts import run_concepts

            results = run_concepts(names or [], settings)
        if as_json:
            print_json({"concepts": [result.model_dump(mode="json") for result in results]})
            return
        for result in results:
            out.print(f"{result.label} ({result.name}), {result.direction.key[:12]}")
            out.print(f"  towards low: {range_in_words(result.low)}")
            out.print(f"  towards high: {range_in_words(result.high)}")
            for track in result.tracks:
                if track.status == "failed":
                    out.print(f"  left out: {track.title}: {track.reason}")
            if result.left_out:
                maximum = settings.read().resolve.max_tracks
                out.print(f"  {result.left_out} more left out: resolve.max_tracks is {maximum}.")


@app.command("list")
def list_concepts(
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the concepts, and which of them are made for this model and these settings."""
    with errors_in_words(as_json):
        runtime = runtime_settings(store)
        settings = settings_of(config, overrides).read()
        file = known_concepts(settings.concept, open_store(runtime.store))
        found = [_found(name, file, settings, runtime) for name in file.concepts]
        if as_json:
            print_json({"concepts": found})
            return
        rows = [
            (one["name"], one["label"], (one["key"] or "not made yet")[:12], _best(one))
            for one in found
        ]
        print_table(("concept", "label", "direction", "best split-half cosine"), rows)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A concept.")],
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a concept is made from, and how reliable its direction is in each layer."""
    with errors_in_words(as_json):
        runtime = runtime_settings(store)
        settings = settings_of(config, overrides).read()
        file = known_concepts(settings.concept, open_store(runtime.store))
        found = _found(name, file, settings, runtime)
        sources = file.concepts[name].sources
        pairs = [] if sources else file.pairs(name, settings.concept.pairs)
        if as_json:
            print_json({**found, "pairs": pairs, "sources": sources})
            return
        if sources:
            out.print(
                found["label"], *(f"  {of}: {source}" for of, source in sources.items()), sep="\n"
            )
        else:
            print_table(("low", "high"), pairs, title=found["label"])
        if found["key"] is None:
            out.print(f"Not made yet. Make it with: resonance concepts build {name}")
            return
        columns = (found["layers"], found["split_half"], found["agreement"])
        rows = [
            (str(i), f"{half:.2f}", f"{pair:.2f}") for i, half, pair in zip(*columns, strict=True)
        ]
        print_table(("layer", "split-half cosine", "pair agreement"), rows)


def _found(
    name: str, file: ConceptFile, config: PipelineConfig, runtime: RuntimeConfig
) -> dict[str, Any]:
    """Return what the store knows of a concept."""
    from resonance_core.stages.concept import find_concept

    record = find_concept(name, file, config, open_store(runtime.store), runtime)
    known = {} if record is None else record.info
    return {
        "name": name,
        "label": file.concepts[name].label,
        "key": None if record is None else record.key,
        **{field: known.get(field) for field in ("layers", "split_half", "agreement")},
    }


def _best(found: dict[str, Any]) -> str:
    return "" if found["split_half"] is None else f"{max(found['split_half']):.2f}"
