import os
import warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import torch

from resonance_core.errors import NotInStoreError, StoreError
from resonance_core.store import open_activations
from resonance_core.store import schema as schemas
from resonance_core.store.extractions import extraction_files
from resonance_core.store.layer_files import LAYERS as MADE
from resonance_core.store.layer_files import UPGRADED, map_layer, outdated
from tests.activations import LAYERS, heard, rewritten, write_tracks


@pytest.fixture
def root(tmp_path):
    """The activations of a store: a file of one track and one of two, in one extraction."""
    folder = tmp_path / ".store" / "activations"  # as in ~/.local
    write_tracks(folder, "ab12", {"a": heard(0)}, prompt="")
    write_tracks(folder, "ab12", {"b": heard(1), "c": heard(2)}, prompt="")
    return folder


def expected(layer: int) -> np.ndarray:
    """All vectors of a layer, by track and chunk."""
    place = LAYERS.index(layer)
    return np.concatenate([heard(seed).vectors[:, place] for seed in range(3)])


def test_a_store_its_activations_and_an_extraction_can_be_opened(root):
    for location in (root.parent, root, str(root), root / "extraction=ab12"):
        opened = open_activations(location)
        assert opened.dataset.count_rows() == 3 * 3 * 2
        assert opened.layers == [2, 5]
        assert opened.metadata["config"] == {"layers": [2, 5], "prompt": ""}
        assert opened.metadata["model"] == {"id": "nano"}
    with pytest.raises(NotInStoreError, match=r"no activations in .*Ingest a playlist first"):
        open_activations(root.parent.parent / "elsewhere")
    with pytest.raises(NotInStoreError, match=r"no extraction=ff in .*It holds ab12"):
        open_activations(root, "ff")


def test_means_are_those_of_all_rows_of_a_layer(root):
    means = open_activations(root).means()
    assert means.dtype == np.float32
    np.testing.assert_allclose(means, [expected(2).mean(0), expected(5).mean(0)], rtol=1e-5)


def test_rows_are_read_as_pandas_and_numpy_have_them(root):
    opened = open_activations(root)
    frame = opened.pandas(layers=[5], columns=["track", "chunk", "layer"])
    assert frame["track"].tolist() == ["a"] * 3 + ["b"] * 3 + ["c"] * 3
    assert frame["layer"].unique().tolist() == [5]
    assert len(opened.pandas()) == 18
    assert opened.pandas()["extraction"].unique().tolist() == ["ab12"]
    vectors, index = opened.vectors(5)
    np.testing.assert_array_equal(vectors, expected(5))
    assert index[["track", "chunk"]].equals(frame[["track", "chunk"]])
    assert "vector" not in index
    for read in (opened.vectors, opened.torch, lambda layer: opened.pandas(layers=[layer])):
        with pytest.raises(NotInStoreError, match=r"layer 3 was not extracted.*\[2, 5\]"):
            read(3)


def test_a_layer_is_a_tensor_on_the_disk_that_is_made_once(root):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # such as torch's about arrays that cannot be written
        tensor = open_activations(root).torch(5)
    np.testing.assert_array_equal(tensor, expected(5))
    (made,) = (root / MADE).rglob("*.npy")
    before = made.stat().st_mtime_ns
    tensor[0] = 0  # in memory only
    again = open_activations(root).torch(5)
    np.testing.assert_array_equal(again, expected(5))
    assert made.stat().st_mtime_ns == before
    assert len(ds.dataset(root, partitioning="hive").files) == 2  # no reader picks it up
    assert not list(made.parent.glob("*.part"))


def test_a_layer_larger_than_memory_is_mapped_and_can_be_written_to(tmp_path):
    """A terabyte, none of which is on the disk."""
    file = tmp_path / "layer.npy"
    with file.open("wb") as opened:
        shape = (2**30, 256)
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(opened, header)
        opened.truncate(opened.tell() + 4 * 2**38)
    before = file.stat().st_mtime_ns
    tensor = torch.from_numpy(map_layer(file))
    assert tensor.shape == shape
    tensor[2**29] += 1
    assert tensor[2**29].sum() == 256
    assert map_layer(file)[2**29].sum() == 0
    assert file.stat().st_mtime_ns == before


def test_a_layer_is_made_anew_when_the_data_changes(root):
    assert len(open_activations(root).torch(2)) == 9
    file = write_tracks(root, "ab12", {"d": heard(3)}, prompt="")
    assert len(open_activations(root).torch(2)) == 12
    file.unlink()
    assert len(open_activations(root).torch(2)) == 9
    assert len(list((root / MADE).rglob("*.npy"))) == 2


def test_a_layer_that_cannot_be_written_is_said_in_words(root):
    (root / MADE).write_text("in the way")
    with pytest.raises(StoreError, match=r"layer=2.npy cannot be written .*Make room there"):
        open_activations(root).torch(2)


def test_half_precision_and_frames_are_read_alike(tmp_path):
    write_tracks(tmp_path, "ab12", {"a": heard(0, frames=4)}, "float16")
    opened = open_activations(tmp_path)
    vectors, index = opened.vectors(5)
    written = heard(0, frames=4).vectors[:, 1].reshape(12, 4)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, written, rtol=1e-3)
    assert index["frame"].tolist() == [3, 13, 23, 33] * 3
    tensor = opened.torch(5)
    assert tensor.dtype == torch.float16
    np.testing.assert_array_equal(tensor.float(), vectors)


def test_several_extractions_are_not_mixed_unless_that_is_asked_for(root):
    write_tracks(root, "cd34", {"a": heard(5)}, prompt="calm")
    words = r'2 extractions: ab12 \(prompt=""\); cd34 \(prompt="calm"\).*extraction=\'ab12\''
    with pytest.raises(NotInStoreError, match=words):
        open_activations(root)
    assert open_activations(root, "cd").dataset.count_rows() == 6
    both = open_activations(root, "all")
    assert both.pandas()["extraction"].value_counts().to_dict() == {"ab12": 18, "cd34": 6}
    assert both.extractions["cd34"]["config"]["prompt"] == "calm"
    assert len(both.torch(2)) == 12
    with pytest.raises(StoreError, match="2 extractions are open together"):
        _ = both.metadata
    write_tracks(root, "ef56", {"a": heard(5, hidden=8)})
    with pytest.raises(StoreError, match=r"ef56.* vectors of another length than .*ab12"):
        open_activations(root, "all")


def test_files_that_are_no_activations_are_named(root):
    stray = root / "extraction=ab12" / "stray" / "table.parquet"
    stray.parent.mkdir()
    pq.write_table(pa.table({"x": [1]}), stray)
    with pytest.raises(StoreError, match=r"stray.* was not written by Resonance"):
        open_activations(root)
    stray.write_bytes(b"PAR1 cut short")
    with pytest.raises(StoreError, match=r"stray.* is damaged: .*extract again"):
        open_activations(root)


def test_a_newer_schema_is_refused(root):
    file = next(root.rglob("*.parquet"))
    rewritten(file, 2, pq.read_table(file, partitioning=None))
    with pytest.raises(StoreError, match=r"schema version 2, and this Resonance knows 1.*Update"):
        open_activations(root)


def test_an_older_schema_is_read_as_the_one_of_today(root, monkeypatch):
    """Two versions back: each migration makes the next version, in turn."""
    monkeypatch.setitem(schemas.MIGRATIONS, -1, lambda t: t.rename_columns({"place": "depth"}))
    monkeypatch.setitem(schemas.MIGRATIONS, 0, lambda t: t.rename_columns({"depth": "layer"}))
    file = next(root.rglob("*.parquet"))
    table = pq.read_table(file, partitioning=None)
    today = open_activations(root).pandas()
    rewritten(file, -1, table.rename_columns({"layer": "place"}))
    for _time in range(2):
        opened = open_activations(root)
        pd.testing.assert_frame_equal(opened.pandas(), today)
        for layer in LAYERS:
            np.testing.assert_array_equal(opened.vectors(layer)[0], expected(layer))
            np.testing.assert_array_equal(opened.torch(layer), expected(layer))
    assert pq.read_schema(file).field("place").type == pa.int16()  # the file itself stays
    (copy,) = (root / UPGRADED).rglob("*.parquet")
    assert schemas.metadata_of(pq.read_schema(copy))["schema_version"] == schemas.SCHEMA_VERSION
    assert outdated(root, extraction_files(root).values()) == []
    os.utime(file)
    assert copy.parents[2] in outdated(root, extraction_files(root).values())
