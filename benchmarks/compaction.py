"""Compaction: reading a layer of two thousand tracks from a file each, and from compacted files.

The files are written as an ingest writes them, with random numbers in them, which compress as
badly as activations do. Both sides open the activations anew and find them in the system's cache.
"""

import tempfile
from pathlib import Path

import numpy as np

from benchmarks.measure import Figure, compare, timed
from resonance_core.audio.chunk import windows
from resonance_core.config import ChunkConfig
from resonance_core.models.base import Capture
from resonance_core.store import open_activations
from resonance_core.store.activations import ACTIVATIONS, track_table, write_activations
from resonance_core.store.compact import compact
from resonance_core.store.extractions import FOLDER
from resonance_core.store.store import Store

TRACKS, HIDDEN, LAYERS = 2000, 192, tuple(range(6))
SAMPLE_RATE, TRACK_S = 100, 270


def compaction() -> Figure:
    """Read one layer of many tracks of usual length."""
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as compacted:
        for folder in (small, compacted):
            _write_tracks(Path(folder) / FOLDER)
        (made,) = compact(Store(Path(compacted)))
        for folder in (small, compacted):
            open_activations(folder).vectors(LAYERS[-1])
        return compare(
            "compaction",
            numerator=("compacted", timed(lambda: open_activations(compacted).vectors(3))),
            denominator=("small files", timed(lambda: open_activations(small).vectors(3))),
            target=0.5,
            better="lower",
            repeats=7,
            model="none",
            conditions={
                "tracks": TRACKS,
                "hidden": HIDDEN,
                "small_bytes": made.source_bytes,
                "compacted_files": made.files,
                "compacted_bytes": made.bytes,
            },
        )


def _write_tracks(root: Path) -> None:
    heard = windows(TRACK_S * SAMPLE_RATE, SAMPLE_RATE, ChunkConfig())
    shape = (len(heard), len(LAYERS))
    random = np.random.default_rng(0)
    for track in range(TRACKS):
        path = root / "extraction=random" / f"{track:04}" / ACTIVATIONS
        path.parent.mkdir(parents=True)
        captured = Capture(
            vectors=random.standard_normal((*shape, HIDDEN), dtype=np.float32),
            rms=np.ones(shape, np.float32),
        )
        rows = track_table(f"{track:064}", heard, LAYERS, captured)
        write_activations(path, [rows], config={"layers": LAYERS}, model={})
