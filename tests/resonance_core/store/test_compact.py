"""Compacting: the same rows in few files, as long as they are the same."""

import os

import duckdb
import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from resonance_core.errors import NotInStoreError, StoreError
from resonance_core.keys import Stage
from resonance_core.store import compact as compacting
from resonance_core.store import compacted, open_activations, shards
from resonance_core.store import schema as schemas
from resonance_core.store.compact import compact
from resonance_core.store.compacted import outdated_compactions
from resonance_core.store.extractions import extraction_files
from resonance_core.store.gc import collect_garbage
from resonance_core.store.layout import is_record, is_small_file
from tests.activations import heard, rewritten, write_tracks


@pytest.fixture
def activations(store):
    """The activations of a store: five files in one extraction, one of half precision in another.

    Of the five one holds two tracks.
    """
    folder = store.root / "activations"
    for seed, names in enumerate((["e"], ["b"], ["a", "c"], ["d"], ["f"])):
        write_tracks(folder, "ab12", {name: heard(10 * seed + ord(name)) for name in names})
    write_tracks(folder, "cd34", {"a": heard(1, frames=3)}, "float16")
    return folder


@pytest.fixture
def small_groups(monkeypatch):
    """Row groups of about one track, and files of about two."""
    monkeypatch.setattr(shards, "ROW_GROUP_BYTES", 240)
    monkeypatch.setattr(compacting, "FILE_BYTES", 1500)


def parts(store, extraction="ab12"):
    return sorted((store.root / "compacted" / f"extraction={extraction}").iterdir())


@pytest.mark.usefixtures("small_groups")
@pytest.mark.parametrize("extraction", ["ab12", "cd34"])
def test_rows_order_and_types_are_those_of_the_small_files(store, activations, extraction):
    def read():
        opened = open_activations(store.root, extraction)
        vectors, rows = opened.vectors(5)
        return opened, opened.pandas(), vectors, rows, opened.torch(2).numpy().copy()

    before = read()
    found = {one.extraction: one for one in compact(store)}
    assert found.keys() == {"ab12", "cd34"}
    assert found["ab12"].sources == 5
    assert found["ab12"].files == len(parts(store)) > 1
    after = read()
    assert {"compacted" in file for file in before[0].dataset.files} == {False}
    assert {"compacted" in file for file in after[0].dataset.files} == {True}
    assert after[0].dataset.schema.equals(before[0].dataset.schema)
    assert after[0].extractions == before[0].extractions
    pd.testing.assert_frame_equal(after[1], before[1])
    np.testing.assert_array_equal(after[2], before[2])
    pd.testing.assert_frame_equal(after[3], before[3])
    np.testing.assert_array_equal(after[4], before[4])
    assert after[4].dtype == before[4].dtype


def test_compacted_files_are_plain_parquet_with_statistics(store, activations):
    compact(store, "ab")
    assert [file.name for file in parts(store)] == ["part-00000.parquet"]
    assert not (store.root / "compacted" / "extraction=cd34").exists()
    frame = pd.read_parquet(store.root / "compacted")
    assert frame["extraction"].astype(str).unique().tolist() == ["ab12"]
    asked = f"from read_parquet('{store.root}/compacted/*/*.parquet', hive_partitioning = true)"
    assert duckdb.sql(f"select count(*), any_value(extraction) {asked}").fetchall() == [
        (36, "ab12")
    ]
    ((summed,),) = duckdb.sql(f"select sum(list_sum(vector)) {asked}").fetchall()
    assert summed == pytest.approx(np.stack(frame["vector"]).sum(), rel=1e-4)
    group = pq.ParquetFile(parts(store)[0]).metadata.row_group(0)
    statistics = {
        group.column(place).path_in_schema: group.column(place).statistics
        for place in range(group.num_columns)
    }
    assert (statistics["layer"].min, statistics["layer"].max) == (2, 5)
    assert (statistics["track"].min, statistics["track"].max) == ("a", "f")
    assert len(ds.dataset(activations, partitioning="hive").files) == 6  # nothing is read twice


@pytest.mark.usefixtures("activations")
def test_what_is_compacted_is_left_alone_until_it_changes(store):
    assert [one.hit for one in compact(store)] == [False, False]
    (made,) = parts(store)
    before = made.stat().st_mtime_ns
    assert [one.hit for one in compact(store)] == [True, True]
    assert made.stat().st_mtime_ns == before
    write_tracks(store.root / "activations", "ab12", {"g": heard(7)})
    opened = open_activations(store.root, "ab12")
    assert opened.dataset.count_rows() == 42  # of the small files
    assert len(opened.dataset.files) == 6
    assert [one.hit for one in compact(store)] == [False, True]
    opened = open_activations(store.root, "ab12")
    assert (opened.dataset.count_rows(), len(opened.dataset.files)) == (42, 1)
    assert not list((store.root / ".staging").iterdir())


@pytest.mark.usefixtures("activations")
def test_gc_removes_what_is_outdated_and_nothing_else(store):
    def write(folder):
        (folder / "a.bin").write_bytes(b"x")
        return {}

    store.build(Stage(name="transcode", version=1).request({}, {}), write)
    compact(store)
    assert collect_garbage(store) == []
    os.utime(next((store.root / "activations" / "extraction=ab12").rglob("*.parquet")))
    (found,) = collect_garbage(store)
    assert found.paths == ["compacted/extraction=ab12"]
    assert "made of activations that have changed since" in found.reason
    assert not (store.root / "compacted" / "extraction=ab12").exists()
    assert (store.root / "compacted" / "extraction=cd34").exists()


@pytest.mark.usefixtures("activations")
def test_a_sync_leaves_compacted_files_alone(store):
    compact(store)
    for file in parts(store):
        name = file.relative_to(store.root).as_posix()
        assert not is_record(name)
        assert not is_small_file(name)


@pytest.mark.usefixtures("activations")
def test_what_a_killed_process_left_is_written_over(store):
    left = store.aside("compacted-ab12")
    left.mkdir(parents=True)
    (left / "part-00007.parquet").write_bytes(b"PAR1 half")
    compact(store)
    assert [file.name for file in parts(store)] == ["part-00000.parquet"]


def test_what_cannot_be_compacted_is_said_and_leaves_nothing(store, activations):
    with pytest.raises(NotInStoreError, match=r"no extraction=ff in .*It holds ab12, cd34"):
        compact(store, "ff")
    file = sorted((activations / "extraction=ab12").rglob("*.parquet"))[3]
    content = bytearray(file.read_bytes())
    content[4:400] = bytes(396)
    file.write_bytes(content)
    with pytest.raises(StoreError, match=r"of the extraction ab12 cannot be read: .*store verify"):
        compact(store)
    assert not list((store.root / "compacted").glob("*"))
    assert not list((store.root / ".staging").iterdir())


def test_older_files_are_compacted_as_the_schema_of_today(store, activations, monkeypatch):
    monkeypatch.setitem(schemas.MIGRATIONS, 0, lambda t: t.rename_columns({"depth": "layer"}))
    today = open_activations(store.root, "ab12").pandas()
    file = min((activations / "extraction=ab12").rglob("*.parquet"))
    table = pq.read_table(file, partitioning=None)
    rewritten(file, 0, table.rename_columns({"layer": "depth"}))
    compact(store, "ab12")
    (made,) = parts(store)
    stamped = schemas.metadata_of(pq.read_schema(made))
    assert stamped["schema_version"] == schemas.SCHEMA_VERSION
    opened = open_activations(store.root, "ab12")
    assert opened.dataset.files == [str(made)]
    pd.testing.assert_frame_equal(opened.pandas(), today)


def test_files_that_another_version_compacted_are_made_anew(store, activations, monkeypatch):
    compact(store, "ab12")
    monkeypatch.setattr(compacted, "SCHEMA_VERSION", 2)
    assert len(open_activations(store.root, "ab12").dataset.files) == 5
    assert outdated_compactions(activations, extraction_files(activations)) == [
        store.root / "compacted" / "extraction=ab12"
    ]
