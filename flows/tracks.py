"""The tracks of one run: the task runs of each one's stages, and what became of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from prefect.futures import PrefectFuture
from prefect.states import get_state_exception
from prefect.task_runners import ThreadPoolTaskRunner

from flows.progress import Progress
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.errors import ResonanceError, StoreError
from resonance_core.models.registry import model_info
from resonance_core.sources.playlist import TrackSource
from resonance_core.stages.extract import choose_layers
from resonance_core.stages.tracks import TooFewTracksError, TrackResult, completed, failed
from resonance_core.store.records import Outcome
from tasks.chunk import chunk
from tasks.download import download
from tasks.extract import extract
from tasks.transcode import transcode

STAGES_OF_A_TRACK = 4


class IngestError(TooFewTracksError):
    """An ingest with too few usable tracks."""


@dataclass(frozen=True)
class TrackRun:
    """The futures of one track's stages, in their order."""

    title: str
    stages: tuple[PrefectFuture[Any], ...]


def track_runner() -> ThreadPoolTaskRunner[Any]:
    """Return the task runner of a flow that hears tracks."""
    # A task that waits for the one before it holds a thread, so each track needs one a stage.
    return ThreadPoolTaskRunner(max_workers=STAGES_OF_A_TRACK * RuntimeConfig().workers)


def hear_tracks(
    tracks: Iterable[TrackSource], config: PipelineConfig, runtime: RuntimeConfig
) -> list[TrackResult]:
    """Take tracks through the stages up to their activations, one task run a track and stage.

    Returns:
        What became of each track, in order; a failed one stops no other.

    Raises:
        ModelError: The model cannot be found, or lacks a layer that is asked for.
        StoreError: The store cannot be read or written.
    """
    info = model_info(config.model)
    choose_layers(config.extract, info)  # or every track would fail of it
    runs = []
    for track in tracks:
        title = track.title
        original = download.submit(title, track, config.download, runtime)
        audio = transcode.submit(title, original, info.sample_rate, runtime)
        windows = chunk.submit(title, audio, config.chunk, runtime)
        activations = extract.submit(title, audio, windows, config.model, config.extract, runtime)
        runs.append(TrackRun(title, (original, audio, windows, activations)))
    return _wait_for_all(runs)


def _wait_for_all(runs: list[TrackRun]) -> list[TrackResult]:
    progress = Progress(len(runs))
    seen: set[str] = set()
    results = []
    for run in runs:
        result = _wait(run, seen)
        results.append(result)
        progress.advance(f"{run.title}: {result.report.status}")
    return results


def usable(results: list[TrackResult], minimum: int) -> list[Outcome]:
    """Return the activations of all usable tracks.

    Raises:
        IngestError: There are fewer than ``minimum``.
    """
    good = [result.outcomes[-1] for result in results if result.report.status == "completed"]
    if len(good) >= minimum:
        return good
    reports = [result.report for result in results]
    raise IngestError(
        f"{len(good)} of {len(reports)} tracks could be used, fewer than the minimum of {minimum}",
        "Check the reasons, or lower resolve.min_tracks",
        reports,
    )


def _wait(run: TrackRun, seen: set[str]) -> TrackResult:
    """Wait for one track's stages; ``seen`` collects the keys of activations met so far."""
    outcomes: list[Outcome] = []
    for future in run.stages:
        future.wait()
        if not future.state.is_completed():
            return failed(run.title, outcomes, _reason(future))
        outcomes.append(future.result())
    key = outcomes[-1].record.key
    repeated = key in seen
    seen.add(key)
    return completed(run.title, outcomes, repeated)


def _reason(future: PrefectFuture[Any]) -> str:
    error = get_state_exception(future.state)
    if isinstance(error, StoreError):
        raise error  # no track's fault, and the next would meet it too
    return str(error) if isinstance(error, ResonanceError) else f"{type(error).__name__}: {error}"
