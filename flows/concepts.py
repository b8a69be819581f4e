"""Concepts: pairs of prompts become the sliders' directions, calibrated on both sides."""

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from flows.results import ConceptResult
from flows.server import server_of_this_process
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.steering.concept_file import load_concepts
from resonance_core.store.playlists import DirectionRef
from resonance_core.store.store import Store
from tasks.calibrate import calibrate
from tasks.concept import concept


@flow(
    name="concepts",
    persist_result=False,
    task_runner=ThreadPoolTaskRunner(max_workers=1),  # type: ignore[arg-type]
)
def concepts(names: list[str], config: PipelineConfig) -> list[ConceptResult]:
    """Make and calibrate the directions of concepts.

    Args:
        names: Which ones; all of the file if none.
        config: The model, its sampling, the recipe, and how concepts are made.

    Raises:
        ConfigError: There is no such concept.
    """
    runtime = RuntimeConfig()
    store = Store(runtime.store)
    file = load_concepts(config.concept.file)
    for name in names:
        file.check(name)
    results = []
    for name in names or file.concepts:
        direction = concept.submit(name, file, config, runtime).result()
        low = calibrate.submit(direction.record, config, runtime, -1).result()
        high = calibrate.submit(direction.record, config, runtime, 1).result()
        info = direction.record.info
        results.append(
            ConceptResult(
                name=name,
                label=file.concepts[name].label,
                direction=DirectionRef.of(store, direction.record).absolute(store),
                layers=info["layers"],
                split_half=info["split_half"],
                agreement=info["agreement"],
                low=low.record.info["range"],
                high=high.record.info["range"],
            )
        )
    return results


def run_concepts(names: list[str], config: PipelineConfig) -> list[ConceptResult]:
    """Run the flow in this process, with the server that is set or one of its own."""
    with server_of_this_process():
        return concepts(names, config)
