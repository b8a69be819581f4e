import json

import duckdb
import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from resonance_core.errors import ConfigError, StoreError
from resonance_core.store.activations import read_activations, track_table, write_activations
from resonance_core.store.schema import MIGRATIONS
from tests.activations import LAYERS, WINDOWS, heard, rewritten, write_tracks


@pytest.fixture
def folder(tmp_path):
    """Two tracks of three chunks and two layers, in one hive folder."""
    for index, track in enumerate("ab"):
        write_tracks(tmp_path / "activations", "ab12", {track: heard(index)})
    return tmp_path / "activations"


def test_what_is_written_is_read(tmp_path):
    file, written = tmp_path / "a.parquet", heard()
    rows = track_table("t", WINDOWS, LAYERS, written)
    write_activations(file, [rows], config={"x": 1}, model={})
    read = read_activations(file)
    np.testing.assert_array_equal(read.vectors, written.vectors)
    np.testing.assert_array_equal(read.rms, written.rms)
    assert (read.track, read.layers, read.metadata["config"]) == ("t", LAYERS, {"x": 1})


def test_a_track_of_an_older_schema_is_read_as_of_today(folder, monkeypatch):
    monkeypatch.setitem(MIGRATIONS, 0, lambda t: t.rename_columns({"depth": "layer"}))
    file = next(folder.rglob("*.parquet"))
    today = read_activations(file)
    table = pq.read_table(file, partitioning=None)
    rewritten(file, 0, table.rename_columns({"layer": "depth"}))
    read = read_activations(file)
    np.testing.assert_array_equal(read.vectors, today.vectors)
    assert (read.layers, read.metadata) == (LAYERS, today.metadata)


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
    assert [(row[0], row[1], row[2], row[3]) for row in rows] == [
        ("ab12", "a", 5, 3),
        ("ab12", "b", 5, 3),
    ]


def test_duckdb_finds_chunks_that_sound_alike_and_what_they_were_heard_with(folder):
    files = f"{folder}/*/*/*.parquet"
    ((one, other, cosine),) = duckdb.sql(
        f"""
        with heard as (from read_parquet('{files}') where layer = 5)
        select a.chunk, b.chunk, list_cosine_similarity(a.vector, b.vector) as cosine
        from heard as a join heard as b on a.track < b.track
        order by cosine desc limit 1
        """
    ).fetchall()
    a, b = (heard(seed).vectors[:, 1] for seed in range(2))
    expected = (a @ b.T) / np.outer(np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1))
    assert (one, other) == np.unravel_index(expected.argmax(), (3, 3))
    assert cosine == pytest.approx(expected.max(), rel=1e-5)
    rows = duckdb.sql(
        f"""
        select distinct split_part(file_name, '/', -3) as extraction,
               decode(value)::json ->> '$.model.id' as model,
               decode(value)::json ->> '$.config.layers' as layers
        from parquet_kv_metadata('{files}') where decode(key) = 'resonance'
        """
    ).fetchall()
    assert rows == [("extraction=ab12", "nano", "[2,5]")]


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


def test_half_precision_differs_by_less_than_a_thousandth(tmp_path):
    file, written = tmp_path / "a.parquet", heard()
    rows = track_table("t", WINDOWS, LAYERS, written, "float16")
    write_activations(file, [rows], config={}, model={})
    assert (
        str(pq.read_schema(file).field("vector").type) == "fixed_size_list<element: halffloat>[4]"
    )
    read = read_activations(file)
    assert read.vectors.dtype == np.float32
    np.testing.assert_allclose(read.vectors, written.vectors, rtol=1e-3)
    # Read by others: numbers like any.
    ((mean,),) = duckdb.sql(f"select avg(vector[1]) from '{file}' where layer = 5").fetchall()
    assert mean == pytest.approx(written.vectors[:, 1, 0].mean(), rel=1e-3)
    assert pd.read_parquet(file)["vector"][0].dtype == np.float16


def test_vectors_that_half_precision_cannot_hold_are_refused():
    loud = heard().model_copy(update={"vectors": np.full((3, 2, 4), -70_000, np.float32)})
    with pytest.raises(ConfigError, match=r"reach 70,000, and float16.*65,504.*vectors=float32"):
        track_table("t", WINDOWS, LAYERS, loud, "float16")
    track_table("t", WINDOWS, LAYERS, loud)


def test_standard_deviations_are_a_column_beside_the_means(tmp_path):
    written = heard().model_copy(update={"std": np.abs(heard(1).vectors)})
    write_activations(
        tmp_path / "a.parquet", [track_table("t", WINDOWS, LAYERS, written)], config={}, model={}
    )
    np.testing.assert_array_equal(read_activations(tmp_path / "a.parquet").vectors, written.vectors)
    frame = pd.read_parquet(tmp_path / "a.parquet")
    np.testing.assert_array_equal(np.stack(frame["std"]), written.std.reshape(6, 4))


def test_frames_of_many_tracks_in_one_file_are_rows_of_their_own(tmp_path):
    file, written = tmp_path / "a.parquet", {"a": heard(0, frames=5), "b": heard(1, frames=5)}
    tables = (track_table(name, WINDOWS, LAYERS, one) for name, one in written.items())
    write_activations(file, tables, config={"x": 1}, model={})
    assert json.loads(pq.read_schema(file).metadata[b"resonance"])["config"] == {"x": 1}
    rows = duckdb.sql(
        f"select chunk, layer, frame, vector, rms from '{file}' where track = 'b' and frame = 23"
    ).fetchall()
    assert [row[:3] for row in rows] == [(c, layer, 23) for c in range(3) for layer in LAYERS]
    np.testing.assert_array_equal(
        [row[3] for row in rows], written["b"].vectors[:, :, 2].reshape(6, 4)
    )
    np.testing.assert_array_equal([row[4] for row in rows], written["b"].rms.ravel())
    with pytest.raises(StoreError, match=r"holds 2 tracks or single frames.*open_activations"):
        read_activations(file)
