"""Extraction: bare model work against the whole pipeline, on the same chunks.

Bare is ``model.capture`` alone (codec, chroma where the model takes one, one forward) on arrays
that are in memory, in the batches the pipeline makes. Pipeline is the ingest flow from its call,
with a store that is empty, to the moment it reports its last track: listing the folder, digests,
transcoding, chunk tables, reading, extraction, Parquet, records, fsync, and all of Prefect's work
for it. What the flow does afterwards (aggregation, calibration, reports) isn't counted, nor the
start of Prefect's server, nor loading the model.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Figure, compare, timed
from benchmarks.pipeline import cold_store, ingest_playlist, prefect_server, song_playlist
from benchmarks.small_model import save_small_model
from flows.progress import watched_by
from flows.settings import Settings
from resonance_core.audio.chunk import windows
from resonance_core.audio.decode import transcode
from resonance_core.audio.read import read_windows
from resonance_core.config import ChunkConfig, RuntimeConfig
from resonance_core.models.base import Waveforms
from resonance_core.models.registry import chunks_at_once, load_model
from resonance_core.stages.extract import choose_layers

# The flow tries its direction out after what is timed here; this keeps it short.
SHORT_CALIBRATION = (
    "steer.centre=false",
    "steer.layers=all",
    'calibrate.prompts=["music"]',
    "calibrate.strengths=[0.0, 1.0]",
    "calibrate.duration_s=0.5",
    "sampling.guidance_scale=1.0",
)
ONE_CHUNK = ("resolve.max_tracks=1", "chunk.hop_s=400.0")


def nano() -> Figure:
    """Extract with the embedded model."""
    with song_playlist(3) as playlist:
        return _measure("nano", playlist, target=0.75, repeats=5, overrides=())


def small() -> Figure:
    """Extract with a random model of musicgen-small's sizes, from few chunks of one song."""
    with song_playlist(1) as playlist, tempfile.TemporaryDirectory() as folder:
        save_small_model(Path(folder))
        overrides = (f"model.id={folder}", "chunk.hop_s=40.0")
        return _measure("small", playlist, target=0.9, repeats=3, overrides=overrides)


def _measure(
    size: str, playlist: Path, *, target: float, repeats: int, overrides: tuple[str, ...]
) -> Figure:
    settings = Settings(overrides=(*overrides, *SHORT_CALIBRATION))
    config = settings.read()
    runtime = RuntimeConfig()
    model = load_model(config.model, runtime)
    at_once = chunks_at_once(runtime)
    layers = choose_layers(config.extract, model.info)
    tracks = sorted(playlist.glob("*.opus"))
    batches = [
        batch
        for track in tracks
        for batch in _batches(track, config.chunk, model.info.sample_rate, at_once)
    ]

    def bare() -> None:
        for batch in batches:
            model.capture(
                batch,
                layers=layers,
                prompts=[config.extract.prompt] * len(batch),
                melody=config.extract.melody,
            )

    def pipeline() -> float:
        reports: list[float] = []
        with cold_store():
            started = time.perf_counter()
            with watched_by(lambda *_: reports.append(time.perf_counter())):
                ingest_playlist(playlist, settings)
        return reports[-1] - started

    with prefect_server():
        with cold_store():  # what a process does once, such as importing, counts for neither side
            ingest_playlist(playlist, Settings(overrides=(*settings.overrides, *ONE_CHUNK)))
        return compare(
            f"extraction_pipeline_{size}",
            numerator=("bare", timed(bare)),
            denominator=("pipeline", pipeline),
            target=target,
            better="higher",
            repeats=repeats,
            model=size,
            conditions={
                "tracks": len(tracks),
                "chunks": sum(len(batch) for batch in batches),
                "batch_size": at_once,
            },
        )


def _batches(
    track: Path, config: ChunkConfig, sample_rate: int, batch_size: int
) -> Iterator[Waveforms]:
    """Yield a track's chunks as the extract stage hands them to the model."""
    with tempfile.TemporaryDirectory() as folder:
        audio = Path(folder) / "audio.flac"
        table = windows(transcode(track, audio, sample_rate).samples, sample_rate, config)
        for first in range(0, len(table), batch_size):
            batch = table[first : first + batch_size]
            yield read_windows(audio, [window.start for window in batch], batch[0].samples)
