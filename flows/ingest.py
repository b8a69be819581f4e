"""Ingest: a playlist becomes a direction and its calibrated range."""

import time

from prefect import flow
from prefect.runtime import flow_run

from flows.progress import tell
from flows.recovery import clean_up, recover
from flows.report import publish_playlist
from flows.results import IngestResult, count_cache
from flows.server import server_of_this_process
from flows.settings import DEFAULTS, Settings
from flows.stopping import tasks_end_with_it
from flows.tracks import hear_tracks, track_runner, usable
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.models.registry import check_runtime, model_info
from resonance_core.sources.playlist import Playlist
from resonance_core.stages.extract import check_means, choose_layers
from resonance_core.store.history import extend_history
from resonance_core.store.jobs import Job, running_job
from resonance_core.store.open import open_store
from resonance_core.store.playlists import (
    DirectionRef,
    PlaylistEntry,
    check_name,
    playlist_name,
    save_entry,
)
from tasks.aggregate import aggregate
from tasks.calibrate import calibrate
from tasks.notify import notify
from tasks.prepare import prepare
from tasks.reference import reference
from tasks.resolve import resolve
from tasks.vocabulary import vocabulary

WORDS = 5
"""How many of the prompts that describe a playlist best are shown."""


@flow(
    name="ingest",
    persist_result=False,
    on_crashed=[clean_up],
    on_cancellation=[clean_up],
    task_runner=track_runner(),  # type: ignore[arg-type]
)
@tasks_end_with_it()
def ingest(
    source: str,
    name: str | None = None,
    settings: Settings = DEFAULTS,
) -> IngestResult:
    """Turn a playlist into an activation store, a direction and a usable range of strengths.

    Args:
        source: A folder, a file, or a URL that yt-dlp reads.
        name: The name to find the direction by; the playlist's title by default.
        settings: Of all stages.

    Raises:
        ConfigError: A name or a setting that cannot be used.
        IngestError: Fewer usable tracks than ``resolve.min_tracks``.
        ModelError: The model cannot be found, or lacks a layer that is asked for.
        SourceError: The source cannot be listed.
    """
    started = time.perf_counter()
    runtime = RuntimeConfig()
    store = open_store(runtime.store)
    config = settings.read()
    check(name, config)
    recover(store)
    run = str(flow_run.id)
    named = Job(id=runtime.job or run, run=run, request=runtime.request, source=source, name=name)
    with running_job(store, named) as job:
        playlist: Playlist = resolve.submit(source, config.resolve).result()
        name = name or playlist_name(store, playlist.title, playlist.source)
        results = hear_tracks(playlist.tracks, config, runtime, job)
        heard = usable(results, config.resolve.min_tracks)
        direction = aggregate.submit(heard, config.aggregate, runtime).result()
        tell("Trying out how it steers; a model's first playlist takes minutes longer than others")
        job.at("Trying out how it steers; the first playlist takes minutes longer")
        # Calibration would make these too; here they are seen and counted as what they are.
        wanted = ((reference, config.steer.centre), (vocabulary, config.steer.in_words))
        needed = [stage.submit(config, runtime).result() for stage, asked in wanted if asked]
        part = prepare.submit(direction.record, config, runtime).result()
        calibration = calibrate.submit(direction.record, config, runtime).result()

        job.move_to("uploading")
        entry = PlaylistEntry(
            name=name,
            source=playlist.source,
            direction=DirectionRef.of(direction.record),
            calibration=calibration.record.key,
            range=calibration.record.info["range"],
            tracks=[result.report for result in results],
            left_out=playlist.left_out,
        )
        save_entry(store, entry)
        job.end_with(name)
        change = extend_history(store, entry)
        words = list(part.words(store))[:WORDS]
        publish_playlist(entry, words, direction.record, calibration.record)
        if change is not None:
            # Waited for, but not asked: the direction is made, whoever hears of it.
            notify.submit(f"{name} has a new direction", change.in_words()).wait()
    outcomes = [outcome for result in results for outcome in result.outcomes]
    return IngestResult(
        name=name,
        direction=entry.direction.absolute(store),
        tracks=entry.tracks,
        left_out=entry.left_out,
        gained=change.gained if change else [],
        lost=change.lost if change else [],
        words=words,
        range=entry.range,
        cache=count_cache([*outcomes, direction, *needed, calibration]),
        seconds=time.perf_counter() - started,
    )


def check(name: str | None, config: PipelineConfig) -> None:
    """Refuse, before any work, what would fail after it.

    Raises:
        ConfigError: A name, a pooling, a store or a device that cannot be used.
        ModelError: The model cannot be found, or lacks a layer that is asked for.
    """
    runtime = RuntimeConfig()
    open_store(runtime.store)
    check_runtime(runtime)
    if name is not None:
        check_name(name)
    choose_layers(config.extract, model_info(config.model))
    check_means(config.extract.pooling)


def run_ingest(source: str, name: str | None, settings: Settings) -> IngestResult:
    """Run the flow in this process, with the server that is set or one of its own."""
    with server_of_this_process():
        return ingest(source, name, settings)
