"""Reprocessing: bare model work against the whole flow, on the same chunks in the same batches.

Bare is ``model.capture`` alone on arrays that are in memory. The flow is timed from its call, with
a store that is empty, to its return: digests, planning, decoding, extraction, Parquet, records,
fsync, and all of Prefect's work for it. The start of Prefect's server and loading the model count
for neither.
"""

import tempfile
from pathlib import Path

import numpy as np

from benchmarks.measure import Figure, compare, timed
from benchmarks.pipeline import cold_store, prefect_server, song_playlist
from benchmarks.reprocess_memory import write_copies
from benchmarks.small_model import save_small_model
from flows.reprocess import reprocess
from flows.results import ReprocessResult
from flows.settings import Settings
from resonance_core.audio.stream import stream_windows
from resonance_core.config import RuntimeConfig
from resonance_core.models.registry import chunks_at_once, load_model
from resonance_core.stages.extract import choose_layers

ONE_CHUNK = "chunk.hop_s=400.0"


def nano() -> Figure:
    """Reprocess with the embedded model.

    Eight songs are still few: what is done once a run weighs more than for any dataset.
    """
    with song_playlist(8) as folder:
        return _measure("nano", folder, target=0.9, repeats=5, overrides=())


def small() -> Figure:
    """Reprocess with a random model of musicgen-small's sizes, two tracks of 45 seconds."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as model:
        write_copies(2, Path(folder))
        save_small_model(Path(model))
        overrides = (f"model.id={model}",)
        return _measure("small", Path(folder), target=0.95, repeats=3, overrides=overrides)


def reprocess_folder(folder: Path, settings: Settings) -> ReprocessResult:
    """Reprocess a folder.

    Raises:
        RuntimeError: A track failed, so that the time would be that of less work.
    """
    result = reprocess(str(folder), settings)
    if result.failed:
        raise RuntimeError(f"{result.failed[0].title} failed: {result.failed[0].reason}")
    return result


def _measure(
    size: str, folder: Path, *, target: float, repeats: int, overrides: tuple[str, ...]
) -> Figure:
    settings = Settings(overrides=overrides)
    config = settings.read()
    runtime = RuntimeConfig()
    model = load_model(config.model, runtime)
    layers = choose_layers(config.extract, model.info)
    tracks = sorted(folder.glob("*.opus"))
    chunks = [
        samples
        for track in tracks
        for _, samples in stream_windows(track, model.info.sample_rate, config.chunk)
    ]
    at_once = chunks_at_once(runtime)
    batches = [
        np.stack(chunks[first : first + at_once]) for first in range(0, len(chunks), at_once)
    ]

    def bare() -> None:
        for batch in batches:
            model.capture(
                batch,
                layers=layers,
                prompts=[config.extract.prompt] * len(batch),
                melody=config.extract.melody,
            )

    def flow() -> None:
        with cold_store():
            reprocess_folder(folder, settings)

    with prefect_server():
        with cold_store():  # what a process does once, such as importing, counts for neither side
            reprocess_folder(folder, Settings(overrides=(*overrides, ONE_CHUNK)))
        return compare(
            f"reprocess_pipeline_{size}",
            numerator=("bare", timed(bare)),
            denominator=("flow", timed(flow)),
            target=target,
            better="higher",
            repeats=repeats,
            model=size,
            conditions={
                "tracks": len(tracks),
                "chunks": len(chunks),
                "batch_size": at_once,
            },
        )
