"""``python -m benchmarks [--only NAME]``: prints one JSON line a figure."""

import argparse
import sys
from collections.abc import Callable

from benchmarks import (
    extraction_pipeline,
    obvious,
    reprocess_memory,
    reprocess_pipeline,
    reprocess_scale,
    studio,
    two_workers,
)
from benchmarks.calibration_batch import calibration_batch
from benchmarks.compaction import compaction
from benchmarks.generation import generation
from benchmarks.measure import Figure
from benchmarks.middle_third import middle_third
from benchmarks.reading import reading
from benchmarks.steered_generation import steered_generation
from benchmarks.warm_rerun import warm_rerun
from resonance_core.errors import ConfigError

BENCHMARKS: dict[str, Callable[[], Figure]] = {
    "extraction_pipeline_nano": extraction_pipeline.nano,
    "extraction_pipeline_small": extraction_pipeline.small,
    "middle_third": middle_third,
    "generation": generation,
    "steered_generation": steered_generation,
    "calibration_batch": calibration_batch,
    "warm_rerun": warm_rerun,
    "reprocess_pipeline_nano": reprocess_pipeline.nano,
    "reprocess_pipeline_small": reprocess_pipeline.small,
    "reprocess_memory_tracks": reprocess_memory.many_tracks,
    "reprocess_memory_length": reprocess_memory.long_track,
    "reprocess_orchestration": reprocess_scale.orchestration,
    "reprocess_warm_rerun": reprocess_scale.warm_rerun,
    "compaction": compaction,
    "cost_linear_100": reprocess_scale.cost_100,
    "cost_linear_1000": reprocess_scale.cost_1000,
    "disk_linear_100": reprocess_scale.disk_100,
    "disk_linear_1000": reprocess_scale.disk_1000,
    "obvious_script_time": obvious.duration,
    "obvious_script_disk": obvious.disk,
    "obvious_script_means": obvious.means,
    "obvious_script_frames": obvious.frames,
    "two_workers_bare": two_workers.bare,
    "two_workers_dask": two_workers.dask,
    "two_workers_ray": two_workers.ray,
    "reading": reading,
    "studio_slowest_request": studio.slowest,
    "studio_hundredth_request": studio.hundredth,
    "studio_middle_request": studio.middle,
}


def main() -> None:
    """Run the benchmarks that were asked for; a missed target is a result, not a failure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=BENCHMARKS, metavar="NAME", help=", ".join(BENCHMARKS))
    only = parser.parse_args().only
    for name, benchmark in BENCHMARKS.items():
        if only in (None, name):
            try:
                print(benchmark().model_dump_json(), flush=True)
            except ConfigError as error:  # an engine is not installed
                print(f"{name}: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
