"""Reprocess: a dataset becomes an activation store, shard by shard."""

import time

from prefect import flow

from flows.engines import task_runner
from flows.progress import tell
from flows.recovery import clean_up, recover
from flows.results import CacheCount, ReprocessResult
from flows.server import server_of_this_process
from flows.settings import DEFAULTS, Settings
from flows.shards import check_enough, identify_tracks, make_shards
from resonance_core.config import RuntimeConfig
from resonance_core.models.registry import check_runtime
from resonance_core.sources.playlist import TrackSource
from resonance_core.stages.identify import FailedTrack, IdentifiedTrack
from resonance_core.stages.shard import shard_request
from resonance_core.stages.shard_plan import plan_shards
from resonance_core.store.open import open_store
from tasks.identify import read_manifest


@flow(
    name="reprocess",
    persist_result=False,
    on_crashed=[clean_up],
    on_cancellation=[clean_up],
    task_runner=task_runner(RuntimeConfig()),
)
def reprocess(manifest: str, settings: Settings = DEFAULTS) -> ReprocessResult:
    """Extract the activations of all tracks of a dataset, as far as the store lacks them.

    Args:
        manifest: A folder of audio; a CSV, tab-separated or Parquet file with a column of paths
            or addresses; or a Hugging Face dataset that was saved to disk.
        settings: Of the model, the windows and the extraction.

    Raises:
        ConfigError: There is no such device, or nothing can be compiled for it.
        ModelError: The model cannot be found, or lacks a layer that is asked for.
        ReprocessError: Shards that could not be made, or fewer usable tracks than
            ``resolve.min_tracks``.
        SourceError: The manifest cannot be read.
    """
    started = time.perf_counter()
    config, runtime = settings.read(), RuntimeConfig()
    store = open_store(runtime.store)
    dataset = shard_request([], config).dataset  # and so, before any work, is the model there?
    assert dataset is not None
    if runtime.engine == "threads":  # the workers of a cluster look at their own machines
        check_runtime(runtime)
    recover(store)
    tracks: list[TrackSource] = read_manifest.submit(manifest).result()
    tell(f"{len(tracks)} tracks; looking at their files")
    identified = identify_tracks(tracks, config, runtime)
    failed = [track for track in identified if isinstance(track, FailedTrack)]
    usable = [track for track in identified if isinstance(track, IdentifiedTrack)]
    plan = plan_shards(usable, config, store, runtime.shard_tracks)
    made = make_shards(plan.missing, config, runtime)

    damaged = plan.damaged(made)
    failed += damaged
    check_enough(len(plan.tracks) - len(damaged), config.resolve.min_tracks, failed)
    return ReprocessResult(
        dataset=store.address(dataset),
        tracks=len(plan.tracks),
        duplicates=len(usable) - len(plan.tracks),
        found=len(plan.tracks) - sum(len(tracks) for tracks in plan.missing),
        shards=CacheCount(hits=len(plan.found), misses=len(made)),
        chunks=sum(record.info["chunks"] for record in made),
        failed=failed,
        seconds=time.perf_counter() - started,
    )


def run_reprocess(manifest: str, settings: Settings) -> ReprocessResult:
    """Run the flow in this process, with the server that is set or one of its own."""
    with server_of_this_process():
        return reprocess(manifest, settings)
