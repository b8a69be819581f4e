"""Concepts: prompts or labelled tracks become the sliders' directions, calibrated on both sides."""

from collections.abc import Sequence

from prefect import flow

from flows.recovery import clean_up
from flows.report import publish_concept
from flows.results import ConceptResult
from flows.server import server_of_this_process
from flows.settings import DEFAULTS, Settings
from flows.stopping import tasks_end_with_it
from flows.tracks import hear_tracks, track_runner
from resonance_core.config import RuntimeConfig
from resonance_core.sources.labelled import LabelledTracks
from resonance_core.stages.extract import check_means
from resonance_core.steering.concept_file import load_concepts
from resonance_core.store.open import open_store
from resonance_core.store.playlists import DirectionRef
from tasks.calibrate import calibrate
from tasks.concept import audio_concept, prompt_concept
from tasks.resolve import resolve_concept


@flow(
    name="concepts",
    persist_result=False,
    on_crashed=[clean_up],
    on_cancellation=[clean_up],
    task_runner=track_runner(),  # type: ignore[arg-type]
)
@tasks_end_with_it()
def concepts(names: Sequence[str] = (), settings: Settings = DEFAULTS) -> list[ConceptResult]:
    """Make and calibrate the directions of concepts.

    Args:
        names: Which ones; all of the file if none.
        settings: The model, its sampling, the recipe, and how concepts are made.

    Raises:
        ConfigError: There is no such concept, or a setting cannot be used.
        SourceError: The tracks of one cannot be listed.
        TooFewTracksError: Fewer than two tracks a side of one can be used.
    """
    config, runtime = settings.read(), RuntimeConfig()
    store = open_store(runtime.store)
    file = load_concepts(config.concept.file)
    for name in names:
        file.check(name)
    chosen = names or list(file.concepts)
    if any(file.concepts[name].sources for name in chosen):
        check_means(config.extract.pooling)
    listed: dict[str, LabelledTracks] = {
        name: resolve_concept.submit(name, file, config.resolve).result()
        for name in chosen
        if file.concepts[name].sources
    }
    results = []
    for name in chosen:
        if name in listed:
            heard = hear_tracks(listed[name].tracks, config, runtime)
            direction = audio_concept.submit(name, listed[name], heard, runtime).result()
        else:
            heard = []
            direction = prompt_concept.submit(name, file, config, runtime).result()
        low = calibrate.submit(direction.record, config, runtime, -1).result()
        high = calibrate.submit(direction.record, config, runtime, 1).result()
        info = direction.record.info
        result = ConceptResult(
            name=name,
            label=file.concepts[name].label,
            direction=DirectionRef.of(direction.record).absolute(store),
            layers=info["layers"],
            split_half=info["split_half"],
            agreement=info["agreement"],
            low=low.record.info["range"],
            high=high.record.info["range"],
            tracks=[track.report for track in heard],
            left_out=listed[name].left_out if name in listed else 0,
        )
        publish_concept(result, low.record, high.record)
        results.append(result)
    return results


def run_concepts(names: Sequence[str], settings: Settings) -> list[ConceptResult]:
    """Run the flow in this process, with the server that is set or one of its own."""
    with server_of_this_process():
        return concepts(names, settings)
