"""Activation files of many tracks: row groups of one size, whatever the tracks' lengths."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from resonance_core.store.activations import activation_writer

ROW_GROUP_BYTES = 16 * 2**20


def row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Join tables, which may be of several tracks, to such as make a row group each."""
    waiting: list[pa.Table] = []
    size = 0
    for table in tables:
        waiting.append(table)
        size += table.nbytes
        if size >= ROW_GROUP_BYTES:
            yield _joined(waiting)
            waiting, size = [], 0
    if waiting:
        yield _joined(waiting)


def remove_tracks(path: Path, tracks: Iterable[str]) -> None:
    """Write an activation file anew without some tracks; without any left, remove it."""
    removed = pa.array(list(tracks))
    kept = path.with_suffix(".kept")
    rows = 0
    with pq.ParquetFile(path) as file, activation_writer(kept, file.schema_arrow) as writer:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            table = table.filter(pc.invert(pc.is_in(table["track"].cast(pa.string()), removed)))
            if len(table):
                writer.write_table(table)
            rows += len(table)
    kept.replace(path)
    if rows == 0:
        path.unlink()


def _joined(tables: list[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()
