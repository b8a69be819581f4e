"""Reprocessing: the memory of a process that hears many tracks, or a long one.

Each side is a process of its own, which hears a folder shard by shard and tells its peak.
"""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import Figure, Side, compare
from benchmarks.pipeline import CLIPS, join
from resonance_core.config import RuntimeConfig
from resonance_core.config_file import parse_config
from resonance_core.sources.manifest import read_manifest
from resonance_core.stages.identify import IdentifiedTrack, identify
from resonance_core.stages.shard import shard
from resonance_core.stages.shard_plan import plan_shards
from resonance_core.store.store import Store

HOURS = 3


def many_tracks() -> Figure:
    """Hear 400 tracks and 40, each of 45 seconds."""
    return _measure("reprocess_memory_tracks", write_copies, many=400, few=40, hop_s=40)


def long_track() -> Figure:
    """Hear one track of three hours and one of a tenth of it."""
    few = HOURS * 3600 // 45 // 10
    return _measure("reprocess_memory_length", _one_track, many=10 * few, few=few, hop_s=40)


def write_copies(tracks: int, folder: Path) -> None:
    """Write tracks of 45 seconds, each of which begins elsewhere in a clip."""
    for number in range(tracks):
        join([_clip(number)], folder / f"{number}.opus", first=number)


def _one_track(clips: int, folder: Path) -> None:
    join([_clip(number) for number in range(clips)], folder / "long.opus")


def _clip(number: int) -> Path:
    clips = sorted(CLIPS.glob("*.opus"))
    return clips[number % len(clips)]


def _measure(
    name: str, write: Callable[[int, Path], None], *, many: int, few: int, hop_s: int
) -> Figure:
    return compare(
        name,
        numerator=(f"{many} clips", _peak(write, many, hop_s)),
        denominator=(f"{few} clips", _peak(write, few, hop_s)),
        target=1.1,
        better="lower",
        repeats=1,
        unit="MiB",
        model="nano",
        conditions={"hop_s": hop_s, "shard_tracks": RuntimeConfig().shard_tracks},
    )


def _peak(write: Callable[[int, Path], None], clips: int, hop_s: int) -> Side:
    def side() -> float:
        with tempfile.TemporaryDirectory() as folder:
            write(clips, Path(folder))
            command = [sys.executable, "-m", "benchmarks.reprocess_memory", folder, str(hop_s)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        return float(done.stdout)

    return side


def _hear(folder: Path, hop_s: float) -> None:
    config, runtime = parse_config({"chunk": {"hop_s": hop_s}}), RuntimeConfig()
    with tempfile.TemporaryDirectory() as root:
        store = Store(Path(root))
        found = identify(read_manifest(folder), config.download, store)
        tracks = [track for track in found if isinstance(track, IdentifiedTrack)]
        for missing in plan_shards(tracks, config, store, runtime.shard_tracks).missing:
            shard(missing, config, store, runtime)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    _hear(Path(sys.argv[1]), float(sys.argv[2]))
