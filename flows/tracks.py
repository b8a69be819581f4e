"""The tracks of one run: the task runs of each one's stages, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prefect.futures import PrefectFuture, as_completed
from prefect.states import get_state_exception
from prefect.task_runners import ThreadPoolTaskRunner

from flows.progress import Progress
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.errors import ResonanceError, StoreError
from resonance_core.models.registry import model_info
from resonance_core.sources.playlist import TrackSource
from resonance_core.stages.extract import choose_layers
from resonance_core.stages.tracks import TooFewTracksError, TrackResult, completed, failed
from resonance_core.store.jobs import RunningJob, TrackState
from resonance_core.store.records import Outcome
from tasks.chunk import chunk
from tasks.download import download
from tasks.extract import extract
from tasks.transcode import transcode

COMES_TO: tuple[TrackState, ...] = ("downloaded", "downloaded", "preprocessed", "extracted")
"""How far a track has come after each of its stages: download, transcode, chunk, extract."""


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
    return ThreadPoolTaskRunner(max_workers=len(COMES_TO) * RuntimeConfig().workers)


def hear_tracks(
    tracks: Sequence[TrackSource],
    config: PipelineConfig,
    runtime: RuntimeConfig,
    job: RunningJob | None = None,
) -> list[TrackResult]:
    """Take tracks through the stages up to their activations, one task run a track and stage.

    Args:
        tracks: Which ones.
        config: The settings of the stages.
        runtime: Where and how they work.
        job: Is told how far each track has come.

    Returns:
        What became of each track, in order; a failed one stops no other.

    Raises:
        ModelError: The model cannot be found, or lacks a layer that is asked for.
        StoreError: The store cannot be read or written.
    """
    info = model_info(config.model)
    choose_layers(config.extract, info)  # or every track would fail of it
    if job is not None:
        job.list_tracks([track.title for track in tracks])
    runs = []
    for track in tracks:
        title = track.title
        original = download.submit(title, track, config.download, runtime)
        audio = transcode.submit(title, original, info.sample_rate, runtime)
        windows = chunk.submit(title, audio, config.chunk, runtime)
        activations = extract.submit(title, audio, windows, config.model, config.extract, runtime)
        runs.append(TrackRun(title, (original, audio, windows, activations)))
    _follow(runs, job)
    seen: set[str] = set()
    return [_result(run, seen) for run in runs]


def _follow(runs: list[TrackRun], job: RunningJob | None) -> None:
    """Tell how far the tracks have come until all of them have ended."""
    progress = Progress(len(runs))
    places = {
        future.task_run_id: (position, stage)
        for position, run in enumerate(runs)
        for stage, future in enumerate(run.stages)
    }
    ended: set[int] = set()
    for future in as_completed([future for run in runs for future in run.stages]):
        position, stage = places[future.task_run_id]
        if position in ended:
            continue
        run = runs[position]
        future.wait()  # it has ended, but takes its state only now
        failure = None if future.state.is_completed() else _first_failed(run)
        state: TrackState = COMES_TO[stage] if failure is None else "failed"
        if job is not None:
            job.advance(position, state, None if failure is None else _reason(failure))
        if state in ("extracted", "failed"):
            ended.add(position)
            progress.advance(f"{run.title}: {'completed' if failure is None else 'failed'}")


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


def _result(run: TrackRun, seen: set[str]) -> TrackResult:
    """Return what became of a track; ``seen`` collects the keys of activations met so far."""
    failure = _first_failed(run)
    ended_well = run.stages if failure is None else run.stages[: run.stages.index(failure)]
    outcomes: list[Outcome] = [future.result() for future in ended_well]
    if failure is not None:
        return failed(run.title, outcomes, _reason(failure))
    key = outcomes[-1].record.key
    repeated = key in seen
    seen.add(key)
    return completed(run.title, outcomes, repeated)


def _first_failed(run: TrackRun) -> PrefectFuture[Any] | None:
    """Return the first of a track's stages that did not end well; those after it could not."""
    for future in run.stages:
        future.wait()
        if not future.state.is_completed():
            return future
    return None


def _reason(future: PrefectFuture[Any]) -> str:
    error = get_state_exception(future.state)
    if isinstance(error, StoreError):
        raise error  # no track's fault, and the next would meet it too
    return str(error) if isinstance(error, ResonanceError) else f"{type(error).__name__}: {error}"
