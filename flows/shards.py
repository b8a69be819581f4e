"""The task runs of one manifest: those that have its tracks at hand, and those that hear them."""

from collections.abc import Iterable, Sequence
from typing import Any

from prefect.futures import PrefectFuture, as_completed
from prefect.states import get_state_exception

from flows.engines import with_gpus
from flows.progress import Progress
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.errors import ResonanceError
from resonance_core.sources.playlist import TrackSource
from resonance_core.stages.identify import FailedTrack, IdentifiedTrack, is_local
from resonance_core.store.records import Record
from tasks.download import download
from tasks.identify import identify
from tasks.shard import shard

SHOWN = 5
"""How many reasons an error gives."""


class ReprocessError(ResonanceError):
    """A manifest of which less could be used than was asked for."""


def identify_tracks(
    tracks: Sequence[TrackSource], config: PipelineConfig, runtime: RuntimeConfig
) -> list[IdentifiedTrack | FailedTrack]:
    """Have the bytes of all tracks at hand: one task run for all local files, one a download."""
    local = [track for track in tracks if is_local(track)]
    remote = [track for track in tracks if not is_local(track)]
    looked_at = identify.submit(local, config.download, runtime)
    fetched = {
        download.submit(track.title, track, config.download, runtime): track for track in remote
    }
    found: list[IdentifiedTrack | FailedTrack] = looked_at.result()
    for future in _ended(fetched, "Downloads"):
        track = fetched[future]
        if future.state.is_completed():
            sha256 = future.result().record.info["sha256"]
            found.append(IdentifiedTrack(source=track, sha256=sha256))
        else:
            found.append(FailedTrack(title=track.title, url=track.url, reason=_reason(future)))
    return found


def make_shards(
    shards: Sequence[list[IdentifiedTrack]], config: PipelineConfig, runtime: RuntimeConfig
) -> list[Record]:
    """Make shards, one task run each; one that fails stops no other.

    Raises:
        ReprocessError: Some could not be made; the others were.
    """
    with with_gpus(runtime):
        runs = [
            shard.submit(number, tracks, config, runtime)
            for number, tracks in enumerate(shards, start=1)
        ]
    ended = list(_ended(runs, "Shards"))
    failed = [future for future in ended if not future.state.is_completed()]
    if failed:
        reasons = "; ".join(sorted({_reason(future).rstrip(".") for future in failed}))
        raise ReprocessError(
            f"{len(failed)} of {len(runs)} shards could not be made: {reasons}",
            "Correct what the reasons name and run again; the others are kept",
        )
    return [future.result().record for future in ended]


def check_enough(usable: int, minimum: int, failed: Sequence[FailedTrack]) -> None:
    """Refuse to be content with fewer usable tracks than are asked for.

    Raises:
        ReprocessError: There are fewer.
    """
    if usable < minimum:
        reasons = "; ".join(f"{one.title}: {one.reason}" for one in failed[:SHOWN])
        raise ReprocessError(
            f"{usable} tracks could be used, fewer than the minimum of {minimum}: {reasons}",
            "Correct what the reasons name, or lower resolve.min_tracks",
        )


def _ended(futures: Iterable[PrefectFuture[Any]], what: str) -> Iterable[PrefectFuture[Any]]:
    """Yield futures as they end, and tell how far they are."""
    futures = list(futures)
    if not futures:
        return
    progress = Progress(len(futures), what)
    for future in as_completed(futures):
        future.wait()  # it has ended, but takes its state only now
        progress.advance(what.lower())
        yield future


def _reason(future: PrefectFuture[Any]) -> str:
    error = get_state_exception(future.state)
    return str(error) if isinstance(error, ResonanceError) else f"{type(error).__name__}: {error}"
