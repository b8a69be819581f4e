"""Activation files of made-up numbers."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from resonance_core.audio.chunk import windows
from resonance_core.config import ChunkConfig
from resonance_core.keys import canonical_json
from resonance_core.models.base import Capture
from resonance_core.store.activations import ACTIVATIONS, track_table, write_activations
from resonance_core.store.schema import METADATA_KEY, metadata_of

WINDOWS = windows(32000 * 30, 32000, ChunkConfig())
"""Three chunks."""
LAYERS = (2, 5)


def heard(seed: int = 0, frames: int | None = None, hidden: int = 4) -> Capture:
    """What might be heard in three chunks, in two layers."""
    rng = np.random.default_rng(seed)
    shape = (3, 2, hidden) if frames is None else (3, 2, frames, hidden)
    return Capture(
        vectors=rng.normal(size=shape).astype(np.float32),
        rms=rng.uniform(size=(3, 2)).astype(np.float32),
        frames=None if frames is None else 3 + 10 * np.arange(frames, dtype=np.int32),
    )


def write_tracks(
    folder: Path, extraction: str, tracks: dict[str, Capture], dtype: str = "float32", **config
) -> Path:
    """Write one file of an extraction, as a store lays it out."""
    path = folder / f"extraction={extraction}" / f"key-of-{'-'.join(tracks)}" / ACTIVATIONS
    path.parent.mkdir(parents=True)
    tables = [track_table(name, WINDOWS, LAYERS, one, dtype) for name, one in tracks.items()]
    write_activations(path, tables, config={"layers": LAYERS, **config}, model={"id": "nano"})
    return path


def rewritten(file: Path, version: int, table: pa.Table) -> None:
    """Write a file as another version of the schema would have it."""
    metadata = {**metadata_of(pq.read_schema(file)), "schema_version": version}
    stamp = {METADATA_KEY: canonical_json(metadata)}
    pq.write_table(table.replace_schema_metadata(stamp), file)
