"""One side of `benchmarks.two_workers`, in a process of its own: prints the seconds of a shard.

How many workers there are, and of which engine, is set in the environment.
"""

import argparse
import multiprocessing
import time
from multiprocessing.synchronize import Barrier
from pathlib import Path

import numpy as np

from benchmarks.pipeline import cold_store, prefect_server
from flows.engines import task_runner
from flows.reprocess import reprocess
from resonance_core.audio.stream import stream_windows
from resonance_core.config import RuntimeConfig
from resonance_core.config_file import load_config
from resonance_core.models.registry import chunks_at_once, load_model
from resonance_core.stages.extract import choose_layers
from resonance_core.store.open import open_store

MODEL_SHARDS = 3
"""How often each process of the bare model hears a shard."""


def flow_seconds(folder: Path) -> float:
    """Reprocess a folder; count from the moment at which every worker has ended a shard."""
    runtime = RuntimeConfig()
    with prefect_server(), cold_store():
        reprocess.with_options(task_runner=task_runner(runtime))(str(folder))
        records = open_store(RuntimeConfig().store).records("shard")
        ended = sorted(record.created_at for record in records)
    counted = len(ended) - runtime.workers
    return (ended[-1] - ended[runtime.workers - 1]).total_seconds() / counted


def model_seconds(folder: Path) -> float:
    """Have the model hear the first shard of a folder, in as many processes as there are workers.

    Counted is from the moment at which every process has heard it once.
    """
    workers = RuntimeConfig().workers
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(workers + 1)
    processes = [
        context.Process(target=_hear, args=(folder, barrier), daemon=True) for _ in range(workers)
    ]
    for process in processes:
        process.start()
    barrier.wait()
    started = time.perf_counter()
    barrier.wait()
    return (time.perf_counter() - started) / (MODEL_SHARDS * workers)


def _hear(folder: Path, barrier: Barrier) -> None:
    config, runtime = load_config(), RuntimeConfig()
    model = load_model(config.model, runtime)
    layers = choose_layers(config.extract, model.info)
    chunks = [
        samples
        for track in sorted(folder.iterdir())[: runtime.shard_tracks]
        for _, samples in stream_windows(track, model.info.sample_rate, config.chunk)
    ]

    at_once = chunks_at_once(runtime)

    def hear() -> None:
        for first in range(0, len(chunks), at_once):
            batch = np.stack(chunks[first : first + at_once])
            prompts = [config.extract.prompt] * len(batch)
            model.capture(batch, layers=layers, prompts=prompts, melody=config.extract.melody)

    hear()
    barrier.wait()
    for _ in range(MODEL_SHARDS):
        hear()
    barrier.wait()


if __name__ == "__main__":
    sides = {"flow": flow_seconds, "model": model_seconds}
    parser = argparse.ArgumentParser(prog="python -m benchmarks.worker_runs", description=__doc__)
    parser.add_argument("side", choices=sides)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    print(sides[arguments.side](arguments.folder))
