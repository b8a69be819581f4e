"""Reprocessing a thousand tracks: what the flow costs beside the work, and a run that finds all.

One run makes all shards, and is followed by runs that find them. A track is 45 seconds long, of
which the model hears one chunk: hearing more would make both figures look better.
"""

import functools
import statistics
import tempfile
from pathlib import Path
from typing import NamedTuple

import torch

from benchmarks.measure import Figure
from benchmarks.pipeline import cold_store, prefect_server
from benchmarks.reprocess_memory import write_copies
from benchmarks.reprocess_pipeline import ONE_CHUNK, reprocess_folder
from flows.settings import Settings
from resonance_core.config import RuntimeConfig
from resonance_core.store.open import open_store

TRACKS = 1000
REPEATS = 3


class Runs(NamedTuple):
    """Seconds of a flow's runs over the same tracks."""

    cold: float
    shards: float
    """Of the cold one: inside the shards' records."""
    warm: list[float]


def orchestration() -> Figure:
    """Compare what a cold run does beside its shards with all of it."""
    runs = _runs()
    return _figure("reprocess_orchestration", ("beside", [runs.cold - runs.shards]), 0.05)


def warm_rerun() -> Figure:
    """Compare a run that finds all shards with the one that made them."""
    return _figure("reprocess_warm_rerun", ("warm", _runs().warm), 0.01)


@functools.cache
def _runs() -> Runs:
    settings = Settings(overrides=(ONE_CHUNK,))
    with tempfile.TemporaryDirectory() as folder, prefect_server():
        write_copies(1, Path(folder))
        with cold_store():  # what a process does once, such as importing, counts for no run
            reprocess_folder(Path(folder), settings)
        write_copies(TRACKS, Path(folder))
        with cold_store():
            cold = reprocess_folder(Path(folder), settings).seconds
            records = open_store(RuntimeConfig().store).records("shard")
            shards = sum(record.seconds for record in records)
            warm = [reprocess_folder(Path(folder), settings).seconds for _ in range(REPEATS)]
    return Runs(cold, shards, warm)


def _figure(name: str, part: tuple[str, list[float]], target: float) -> Figure:
    cold = _runs().cold
    return Figure(
        name=name,
        ratio=statistics.median(part[1]) / cold,
        target=target,
        better="lower",
        measured={part[0]: part[1], "cold": [cold]},
        unit="s",
        repeats=len(part[1]),
        threads=torch.get_num_threads(),
        model="nano",
        conditions={"tracks": TRACKS, "chunks": TRACKS},
    )
