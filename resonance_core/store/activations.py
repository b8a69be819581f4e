"""Activation files: Parquet, a row for each chunk and layer, which any Parquet reader reads.

Columns: ``track`` (SHA-256, dictionary), ``chunk`` int32, ``start_s`` and ``end_s`` float32,
``layer`` int16, ``rms`` float32 (root mean square of the layer's residual stream over the
chunk's audio positions), ``vector`` fixed_size_list<float32>[hidden] (its mean over them).
The schema's metadata holds the extraction's config, the model and the library versions.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from resonance_core.audio.chunk import Window
from resonance_core.keys import canonical_json
from resonance_core.models.base import Capture
from resonance_core.store.records import library_versions

ACTIVATIONS = "activations.parquet"
"""The file's name in its artifact."""
METADATA_KEY = b"resonance"
SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Activations:
    """The activations of one track.

    Attributes:
        track: The SHA-256 of the track's bytes.
        layers: The layers, in the order of the arrays.
        vectors: Float32 ``[chunks, layers, hidden]``.
        rms: Float32 ``[chunks, layers]``.
        start_s: Where each chunk starts, in seconds, float32 ``[chunks]``.
        end_s: Where each chunk ends, in seconds, float32 ``[chunks]``.
        metadata: ``config``, ``model``, ``versions`` and ``schema_version``.
    """

    track: str
    layers: tuple[int, ...]
    vectors: NDArray[np.float32]
    rms: NDArray[np.float32]
    start_s: NDArray[np.float32]
    end_s: NDArray[np.float32]
    metadata: dict[str, Any]


def track_table(
    track: str, windows: Sequence[Window], layers: tuple[int, ...], captured: Capture
) -> pa.Table:
    """Return one track's activations as rows, those of a chunk together, in the layers' order.

    Args:
        track: The SHA-256 of the track's bytes.
        windows: The chunks.
        layers: The layers, in the order of the arrays.
        captured: What the model heard in the chunks.
    """
    each_chunk = len(layers)
    flat = pa.array(np.ascontiguousarray(captured.vectors, dtype=np.float32).ravel())
    return pa.table(
        {
            "track": pa.DictionaryArray.from_arrays(
                pa.array(np.zeros(len(windows) * each_chunk, dtype=np.int32)), pa.array([track])
            ),
            "chunk": np.repeat(np.array([w.chunk for w in windows], np.int32), each_chunk),
            "start_s": np.repeat(np.array([w.start_s for w in windows], np.float32), each_chunk),
            "end_s": np.repeat(np.array([w.end_s for w in windows], np.float32), each_chunk),
            "layer": np.tile(np.array(layers, np.int16), len(windows)),
            "rms": captured.rms.astype(np.float32).ravel(),
            "vector": pa.FixedSizeListArray.from_arrays(flat, captured.vectors.shape[-1]),
        }
    )


def write_activations(
    path: Path, tracks: Iterable[pa.Table], *, config: dict[str, Any], model: dict[str, Any]
) -> None:
    """Write the activations of one or more tracks, of one extraction.

    Args:
        path: The Parquet file to write.
        tracks: One or more tables of `track_table`; each is written before the next is taken.
        config: What decided the extraction.
        model: The model, in full.
    """
    metadata = {
        "schema_version": SCHEMA_VERSION,
        "config": config,
        "model": model,
        "versions": library_versions(),
    }
    tables = iter(tracks)
    first = next(tables).replace_schema_metadata({METADATA_KEY: canonical_json(metadata).encode()})
    with activation_writer(path, first.schema) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table.replace_schema_metadata(first.schema.metadata))


def activation_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Open a Parquet file to write activations with this schema, its metadata among it."""
    # Statistics and dictionaries cost time and gain nothing on columns of distinct floats.
    return pq.ParquetWriter(
        path, schema, compression="zstd", use_dictionary=["track"], write_statistics=["layer"]
    )


def read_activations(path: Path) -> Activations:
    """Read one track's activations."""
    table = pq.read_table(path, partitioning=None)
    layers = tuple(dict.fromkeys(table["layer"].to_pylist()))
    chunks = len(table) // len(layers)
    vectors = table["vector"].combine_chunks().flatten().to_numpy()
    return Activations(
        track=table["track"][0].as_py(),
        layers=layers,
        vectors=vectors.reshape(chunks, len(layers), -1),
        rms=table["rms"].to_numpy().reshape(chunks, len(layers)),
        start_s=table["start_s"].to_numpy()[:: len(layers)],
        end_s=table["end_s"].to_numpy()[:: len(layers)],
        metadata=json.loads(table.schema.metadata[METADATA_KEY]),
    )
