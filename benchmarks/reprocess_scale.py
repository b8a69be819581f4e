"""Reprocessing ten, a hundred and a thousand tracks: is a track's cost the same, and what is it of?

A cold run of each size makes all shards; that of a thousand is followed by runs that find them. A
track is 45 seconds long, of which the model hears one chunk: hearing more would make all figures
look better.
"""

import functools
import statistics
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

import torch

from benchmarks.measure import Figure
from benchmarks.pipeline import cold_store, prefect_server
from benchmarks.reprocess_memory import write_copies
from benchmarks.reprocess_pipeline import ONE_CHUNK, reprocess_folder
from flows.settings import Settings
from resonance_core.config import RuntimeConfig
from resonance_core.store.open import open_store

SIZES = (10, 100, 1000)
REPEATS = 3


class Run(NamedTuple):
    """What one flow's cold run over tracks took."""

    seconds: float
    shards: float
    """Of the seconds: inside the shards' records."""
    bytes: int
    """What the store holds then."""


class Runs(NamedTuple):
    """The cold run of each size, and the warm ones over the most tracks, in seconds."""

    cold: dict[int, Run]
    warm: list[float]


def cost_100() -> Figure:
    """Compare a track's time among a hundred with that among ten."""
    return _per_track("cost_linear_100", "s/track", 100, 10)


def cost_1000() -> Figure:
    """Compare a track's time among a thousand with that among a hundred."""
    return _per_track("cost_linear_1000", "s/track", 1000, 100)


def disk_100() -> Figure:
    """Compare the disk that a track takes among a hundred with that among ten."""
    return _per_track("disk_linear_100", "B/track", 100, 10)


def disk_1000() -> Figure:
    """Compare the disk that a track takes among a thousand with that among a hundred."""
    return _per_track("disk_linear_1000", "B/track", 1000, 100)


def orchestration() -> Figure:
    """Compare what a cold run does beside its shards with all of it."""
    cold = _runs().cold[SIZES[-1]]
    return _of_cold("reprocess_orchestration", ("beside", [cold.seconds - cold.shards]), 0.05)


def warm_rerun() -> Figure:
    """Compare a run that finds all shards with the one that made them."""
    return _of_cold("reprocess_warm_rerun", ("warm", _runs().warm), 0.01)


@functools.cache
def _runs() -> Runs:
    settings = Settings(overrides=(ONE_CHUNK,))
    cold = {}
    with tempfile.TemporaryDirectory() as name, prefect_server():
        folder = Path(name)
        write_copies(1, folder)
        with cold_store():  # what a process does once, such as importing, counts for no run
            reprocess_folder(folder, settings)
        for size in SIZES:
            write_copies(size, folder)
            with cold_store():
                cold[size] = _cold_run(folder, settings)
                if size == SIZES[-1]:
                    warm = [reprocess_folder(folder, settings).seconds for _ in range(REPEATS)]
    return Runs(cold, warm)


def _cold_run(folder: Path, settings: Settings) -> Run:
    seconds = reprocess_folder(folder, settings).seconds
    store = RuntimeConfig().store
    return Run(
        seconds,
        shards=sum(record.seconds for record in open_store(store).records("shard")),
        bytes=sum(file.stat().st_size for file in Path(store).rglob("*") if file.is_file()),
    )


def _per_track(name: str, unit: Literal["s/track", "B/track"], many: int, few: int) -> Figure:
    cold = _runs().cold
    sides = {
        f"{size} tracks": (cold[size].seconds if unit == "s/track" else cold[size].bytes) / size
        for size in (many, few)
    }
    above, below = sides.values()
    return Figure(
        name=name,
        ratio=above / below,
        target=1.1,
        better="alike",
        measured={side: [cost] for side, cost in sides.items()},
        unit=unit,
        repeats=1,
        threads=torch.get_num_threads(),
        model="nano",
        conditions={"chunks_per_track": 1},
    )


def _of_cold(name: str, part: tuple[str, list[float]], target: float) -> Figure:
    runs = _runs()
    cold = runs.cold[SIZES[-1]].seconds
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
        conditions={"tracks": SIZES[-1], "chunks": SIZES[-1]},
    )
