"""Reading: per-layer means of a million stored vectors, against a bare scan of the same columns.

The files are written as shards are, with random numbers in them, which compress as badly as
activations do. Both sides find them in the system's cache.
"""

import tempfile
from pathlib import Path

import numpy as np
import pyarrow.dataset as ds

from benchmarks.measure import Figure, compare, timed
from resonance_core.audio.chunk import windows
from resonance_core.config import ChunkConfig
from resonance_core.models.base import Capture
from resonance_core.store import open_activations
from resonance_core.store.activations import ACTIVATIONS, track_table, write_activations
from resonance_core.store.shards import row_groups

VECTORS, HIDDEN, LAYERS = 1_000_000, 192, tuple(range(6))
SAMPLE_RATE, TRACK_S, SHARD_TRACKS = 100, 270, 64


def reading() -> Figure:
    """Average each layer of about a million vectors."""
    with tempfile.TemporaryDirectory() as folder:
        files = _write_shards(Path(folder))
        activations = open_activations(folder)
        rows = activations.dataset.count_rows()

        def scan() -> None:
            read = ds.dataset(folder, partitioning="hive")
            for _ in read.to_batches(columns=["layer", "vector"]):
                pass

        scan()
        return compare(
            "reading",
            numerator=("scan", timed(scan)),
            denominator=("means", timed(activations.means)),
            target=0.7,
            better="higher",
            repeats=5,
            model="none",
            conditions={"vectors": rows, "hidden": HIDDEN, "files": files},
        )


def _write_shards(folder: Path) -> int:
    """Write whole shards of tracks of usual length, and return how many."""
    heard = windows(TRACK_S * SAMPLE_RATE, SAMPLE_RATE, ChunkConfig())
    shape = (len(heard), len(LAYERS))
    random = np.random.default_rng(0)
    shards = -(-VECTORS // (SHARD_TRACKS * len(heard) * len(LAYERS)))
    for shard in range(shards):
        path = folder / "extraction=random" / f"{shard}" / ACTIVATIONS
        path.parent.mkdir(parents=True)
        tables = (
            track_table(
                f"{shard}-{track}",
                heard,
                LAYERS,
                Capture(
                    vectors=random.standard_normal((*shape, HIDDEN), dtype=np.float32),
                    rms=np.ones(shape, np.float32),
                ),
            )
            for track in range(SHARD_TRACKS)
        )
        write_activations(path, row_groups(tables), config={"layers": LAYERS}, model={})
    return shards
