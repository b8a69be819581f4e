"""Ingest: a playlist becomes a direction and its calibrated range."""

import time

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from flows.report import publish
from flows.results import IngestResult, count_cache
from flows.tracks import TrackRun, usable, wait_for_tracks
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.models.registry import model_info
from resonance_core.store.playlists import (
    DirectionRef,
    PlaylistEntry,
    check_name,
    playlist_name,
    save_entry,
)
from resonance_core.store.store import Store
from tasks.aggregate import aggregate
from tasks.calibrate import calibrate
from tasks.chunk import chunk
from tasks.download import download
from tasks.extract import extract
from tasks.resolve import resolve
from tasks.transcode import transcode


@flow(
    name="ingest",
    persist_result=False,
    task_runner=ThreadPoolTaskRunner(max_workers=RuntimeConfig().workers),  # type: ignore[arg-type]
)
def ingest(
    source: str,
    name: str | None = None,
    config: PipelineConfig = PipelineConfig(),  # noqa: B008  (Prefect shows it in its form)
) -> IngestResult:
    """Turn a playlist into an activation store, a direction and a usable range of strengths.

    Args:
        source: A folder, a file, or a URL that yt-dlp reads.
        name: The name to find the direction by; the playlist's title by default.
        config: All stages' settings.

    Raises:
        IngestError: Fewer usable tracks than ``resolve.min_tracks``.
        SourceError: The source cannot be listed.
    """
    started = time.perf_counter()
    runtime = RuntimeConfig()
    store = Store(runtime.store)
    sample_rate = model_info(config.model).sample_rate

    playlist = resolve(source, config.resolve)
    name = check_name(name) if name else playlist_name(playlist.title)
    runs = []
    for track in playlist.tracks:
        title = track.title
        original = download.submit(title, track, config.download, runtime)
        audio = transcode.submit(title, original, sample_rate, runtime)
        windows = chunk.submit(title, audio, config.chunk, runtime)
        activations = extract.submit(title, audio, windows, config.model, config.extract, runtime)
        runs.append(TrackRun(title, (original, audio, windows, activations)))
    results = wait_for_tracks(runs)

    heard = usable(results, config.resolve.min_tracks)
    direction = aggregate.submit(heard, config.aggregate, runtime).result()
    calibration = calibrate.submit(direction.record, config, runtime).result()

    entry = PlaylistEntry(
        name=name,
        source=playlist.source,
        direction=DirectionRef.of(store, direction.record),
        calibration=calibration.record.key,
        range=calibration.record.info["range"],
        tracks=[result.report for result in results],
    )
    save_entry(store, entry)
    publish(entry, direction.record, calibration.record)
    outcomes = [outcome for result in results for outcome in result.outcomes]
    return IngestResult(
        name=name,
        direction=entry.direction.absolute(store),
        tracks=entry.tracks,
        range=entry.range,
        cache=count_cache([*outcomes, direction, calibration]),
        seconds=time.perf_counter() - started,
    )
