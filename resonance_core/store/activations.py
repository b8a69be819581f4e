"""Activation files: Parquet, a row for each chunk and layer, which any Parquet reader reads.

Columns: ``track`` (SHA-256, dictionary), ``chunk`` int32, ``start_s`` and ``end_s`` float32,
``layer`` int16, ``rms`` float32 (root mean square of the layer's residual stream over the
chunk's audio positions), ``vector`` fixed_size_list<float32 or float16>[hidden] (its mean over
them, or that of the last one). Pooled as ``mean+std`` there is ``std``, a list like ``vector``;
``strided`` there is ``frame`` int32 (counted from the chunk's start), and a row for each kept
frame. The schema's metadata holds the extraction's config, the model and the library versions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from resonance_core.audio.chunk import Window
from resonance_core.errors import ConfigError, StoreError
from resonance_core.keys import canonical_json
from resonance_core.models.base import Capture
from resonance_core.store.records import library_versions
from resonance_core.store.schema import METADATA_KEY, SCHEMA_VERSION, metadata_of, upgrade

ACTIVATIONS = "activations.parquet"
"""The file's name in its artifact."""


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
    track: str,
    windows: Sequence[Window],
    layers: tuple[int, ...],
    captured: Capture,
    dtype: Literal["float32", "float16"] = "float32",
) -> pa.Table:
    """Return one track's activations as rows, those of a chunk together, in the layers' order.

    Args:
        track: The SHA-256 of the track's bytes.
        windows: The chunks.
        layers: The layers, in the order of the arrays.
        captured: What the model heard in the chunks.
        dtype: In which type vectors are stored.

    Raises:
        ConfigError: The type cannot hold the vectors.
    """
    frames = captured.frames
    each_layer = 1 if frames is None else len(frames)
    each_chunk = each_layer * len(layers)
    columns = {
        "track": pa.DictionaryArray.from_arrays(
            pa.array(np.zeros(len(windows) * each_chunk, dtype=np.int32)), pa.array([track])
        ),
        "chunk": np.repeat(np.array([w.chunk for w in windows], np.int32), each_chunk),
        "start_s": np.repeat(np.array([w.start_s for w in windows], np.float32), each_chunk),
        "end_s": np.repeat(np.array([w.end_s for w in windows], np.float32), each_chunk),
        "layer": np.tile(np.repeat(np.array(layers, np.int16), each_layer), len(windows)),
        "rms": np.repeat(captured.rms.astype(np.float32).ravel(), each_layer),
        "vector": _lists(captured.vectors, dtype),
    }
    if frames is not None:
        columns["frame"] = np.tile(frames, len(windows) * len(layers))
    if captured.std is not None:
        columns["std"] = _lists(captured.std, dtype)
    return pa.table(columns)


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
    """Read one track's activations, a vector for each chunk and layer.

    Raises:
        StoreError: The file holds several tracks or frames, or comes from a newer Resonance.
    """
    table = upgrade(pq.read_table(path, partitioning=None))
    tracks = table["track"].unique().to_pylist()
    if len(tracks) != 1 or "frame" in table.column_names:
        raise StoreError(
            f"{path} holds {len(tracks)} tracks or single frames, not a vector for each chunk",
            "Read it with resonance_core.store.open_activations",
        )
    layers = tuple(dict.fromkeys(table["layer"].to_pylist()))
    chunks = len(table) // len(layers)
    return Activations(
        track=tracks[0],
        layers=layers,
        vectors=list_array(table["vector"], np.float32).reshape(chunks, len(layers), -1),
        rms=table["rms"].to_numpy().reshape(chunks, len(layers)),
        start_s=table["start_s"].to_numpy()[:: len(layers)],
        end_s=table["end_s"].to_numpy()[:: len(layers)],
        metadata=metadata_of(table.schema),
    )


def list_array(column: pa.ChunkedArray, dtype: type[np.floating[Any]]) -> NDArray[Any]:
    """Return a column of fixed-size lists as an array ``[rows, size]``."""
    flat = column.combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return flat.astype(dtype, copy=False).reshape(len(column), column.type.list_size)


def _lists(values: NDArray[np.float32], dtype: Literal["float32", "float16"]) -> pa.Array:
    """Return an array's last axis as fixed-size lists."""
    largest, limit = float(np.abs(values).max()), float(np.finfo(dtype).max)
    if largest > limit:
        raise ConfigError(
            f"the activations reach {largest:,.0f}, and {dtype} holds no more than {limit:,.0f}",
            "Store them as they are: --set extract.vectors=float32",
        )
    flat = pa.array(values.astype(dtype, copy=False).ravel())
    return pa.FixedSizeListArray.from_arrays(flat, values.shape[-1])
