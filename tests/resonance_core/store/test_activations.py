import json

import duckdb
import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from resonance_core.audio.chunk import windows
from resonance_core.config import ChunkConfig
from resonance_core.models.base import Capture
from resonance_core.store.activations import read_activations, track_table, write_activations


@pytest.fixture
def folder(tmp_path):
    """Two tracks of three chunks and two layers, in one hive folder."""
    rng = np.random.default_rng(0)
    for index, track in enumerate(("a" * 64, "b" * 64)):
        path = tmp_path / "activations" / "extraction=ab12" / f"key{index}" / "activations.parquet"
        path.parent.mkdir(parents=True)
        captured = Capture(
            vectors=rng.normal(size=(3, 2, 4)).astype(np.float32),
            rms=rng.uniform(size=(3, 2)).astype(np.float32),
        )
        rows = track_table(track, windows(32000 * 30, 32000, ChunkConfig()), (2, 5), captured)
        write_activations(path, [rows], config={"prompt": ""}, model={"id": "nano"})
    return tmp_path / "activations"


def test_what_is_written_is_read(tmp_path):
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(3, 2, 4)).astype(np.float32)
    rms = rng.uniform(size=(3, 2)).astype(np.float32)
    table = windows(32000 * 30, 32000, ChunkConfig())
    rows = track_table("t", table, (2, 5), Capture(vectors=vectors, rms=rms))
    write_activations(tmp_path / "a.parquet", [rows], config={"x": 1}, model={})
    read = read_activations(tmp_path / "a.parquet")
    np.testing.assert_array_equal(read.vectors, vectors)
    np.testing.assert_array_equal(read.rms, rms)
    assert (read.track, read.layers, read.metadata["config"]) == ("t", (2, 5), {"x": 1})


def test_the_schema_is_the_contract(folder):
    file = next(folder.rglob("*.parquet"))
    schema = pq.read_schema(file)
    types = {name: str(schema.field(name).type) for name in schema.names}
    assert types == {
        "track": "dictionary<values=string, indices=int32, ordered=0>",
        "chunk": "int32",
        "start_s": "float",
        "end_s": "float",
        "layer": "int16",
        "rms": "float",
        "vector": "fixed_size_list<element: float>[4]",
    }
    metadata = json.loads(schema.metadata[b"resonance"])
    assert metadata["schema_version"] == 1
    assert set(metadata) == {"schema_version", "config", "model", "versions"}
    assert pq.ParquetFile(file).metadata.row_group(0).column(6).compression == "ZSTD"


def test_duckdb_reads_the_store_directly(folder):
    rows = duckdb.sql(
        f"select extraction, track, layer, count(*) n, avg(rms) rms "
        f"from read_parquet('{folder}/*/*/*.parquet', hive_partitioning = true) "
        f"where layer = 5 group by all order by track"
    ).fetchall()
    assert [(row[0], row[1][0], row[2], row[3]) for row in rows] == [
        ("ab12", "a", 5, 3),
        ("ab12", "b", 5, 3),
    ]


def test_pandas_reads_a_hive_folder_directly(folder):
    frame = pd.read_parquet(folder)
    assert len(frame) == 12
    assert set(frame["extraction"]) == {"ab12"}
    assert frame["start_s"].unique().tolist() == [0.0, 8.0, 16.0]
    assert np.stack(frame["vector"]).shape == (12, 4)


def test_pyarrow_reads_the_store_as_one_dataset(folder):
    dataset = ds.dataset(folder, partitioning="hive")
    table = dataset.to_table(filter=ds.field("layer") == 2)
    assert len(table) == 6
    assert set(table["extraction"].to_pylist()) == {"ab12"}
