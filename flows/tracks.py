"""The tracks of one run: the futures of each one's stages, and what became of them."""

from dataclasses import dataclass
from typing import Any

from prefect.futures import PrefectFuture
from prefect.states import get_state_exception

from flows.progress import Progress
from resonance_core.errors import ResonanceError
from resonance_core.store.playlists import TrackReport
from resonance_core.store.records import Outcome


class IngestError(ResonanceError):
    """A run with too few usable tracks.

    Attributes:
        tracks: What became of each.
    """

    def __init__(self, problem: str, remedy: str, tracks: list[TrackReport]) -> None:
        super().__init__(problem, remedy)
        self.tracks = tracks


@dataclass(frozen=True)
class TrackRun:
    """The futures of one track's stages, in their order."""

    title: str
    stages: tuple[PrefectFuture[Any], ...]


@dataclass(frozen=True)
class TrackResult:
    """What became of one track: its report, and the outcomes of the stages that ended well."""

    report: TrackReport
    outcomes: tuple[Outcome, ...]


def wait_for_tracks(runs: list[TrackRun]) -> list[TrackResult]:
    """Wait for every track and report on each, in order; a failed one stops no other."""
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
    reasons = "; ".join(f"{report.title}: {report.reason}" for report in reports if report.reason)
    raise IngestError(
        f"{len(good)} of {len(reports)} tracks could be used, fewer than the minimum of "
        f"{minimum}: {reasons}",
        "Check the reasons, or lower resolve.min_tracks",
        reports,
    )


def _wait(run: TrackRun, seen: set[str]) -> TrackResult:
    """Wait for one track's stages; ``seen`` collects the keys of activations met so far."""
    outcomes: list[Outcome] = []
    for future in run.stages:
        future.wait()
        if not future.state.is_completed():
            reason = _reason(future)
            report = TrackReport(title=run.title, status="failed", reason=reason)
            return TrackResult(report, tuple(outcomes))
        outcomes.append(future.result())
    _, audio, _, activations = (outcome.record for outcome in outcomes)
    repeated = activations.key in seen
    seen.add(activations.key)
    report = TrackReport(
        title=run.title,
        status="duplicate" if repeated else "completed",
        seconds=audio.info["seconds"],
        chunks=activations.info["chunks"],
        key=activations.key,
    )
    return TrackResult(report, tuple(outcomes))


def _reason(future: PrefectFuture[Any]) -> str:
    error = get_state_exception(future.state)
    return str(error) if isinstance(error, ResonanceError) else f"{type(error).__name__}: {error}"
