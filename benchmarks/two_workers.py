"""Two workers against one, each with one CPU and one thread: shards by Dask and Ray, and the model.

A run and all its processes are bound to as many CPUs as it has workers; otherwise a single worker
would decode on the CPU that is free. Counted is the time of a shard once every worker has ended
one, so starting processes, importing and loading the model count for neither side. The bare model
in two processes tells how much two CPUs of this machine do at most: they share memory, and perhaps
a core.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from benchmarks.measure import Figure, Side, compare
from benchmarks.reprocess_memory import write_copies
from flows.engines import task_runner
from resonance_core.config import RuntimeConfig

SHARDS, SHARD_TRACKS = 8, 16
REPEATS = 3


def dask() -> Figure:
    """Reprocess on a local Dask cluster."""
    return _measure("two_workers_dask", "flow", "dask")


def ray() -> Figure:
    """Reprocess on a local Ray cluster."""
    return _measure("two_workers_ray", "flow", "ray")


def bare() -> Figure:
    """Run the model alone, on arrays that are in memory."""
    return _measure("two_workers_bare", "model", "threads")


def _measure(
    name: str, what: Literal["flow", "model"], engine: Literal["threads", "dask", "ray"]
) -> Figure:
    task_runner(RuntimeConfig(engine=engine))  # is it installed?
    with tempfile.TemporaryDirectory() as folder:
        write_copies(SHARDS * SHARD_TRACKS, Path(folder))

        def side(workers: int) -> Side:
            environment = {
                **os.environ,
                "RESONANCE_ENGINE": engine,
                "RESONANCE_WORKERS": str(workers),
                "RESONANCE_THREADS": "1",
                "RESONANCE_SHARD_TRACKS": str(SHARD_TRACKS),
            }
            command = [sys.executable, "-m", "benchmarks.worker_runs", what, folder]

            def run() -> float:
                with _bound_to(workers):
                    done = subprocess.run(
                        command, env=environment, stdout=subprocess.PIPE, text=True, check=True
                    )
                return float(done.stdout.split()[-1])  # engines print, too

            return run

        return compare(
            name,
            numerator=("one", side(1)),
            denominator=("two", side(2)),
            target=1.8,
            better="higher",
            repeats=REPEATS,
            unit="s/shard",
            model="nano",
            conditions={"shards": SHARDS, "shard_tracks": SHARD_TRACKS},
        )


@contextmanager
def _bound_to(cpus: int) -> Iterator[None]:
    """Have processes that are started in the context run on so many CPUs; Linux only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:cpus])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
