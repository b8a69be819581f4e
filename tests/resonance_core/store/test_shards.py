import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from resonance_core.audio.chunk import windows
from resonance_core.config import ChunkConfig
from resonance_core.models.base import Capture
from resonance_core.store import shards
from resonance_core.store.activations import METADATA_KEY, track_table, write_activations
from resonance_core.store.shards import remove_tracks, row_groups

TRACKS = ["a", "b", "c", "d"]


def table(track: str):
    """Three chunks of two layers."""
    rng = np.random.default_rng(ord(track))
    captured = Capture(
        vectors=rng.normal(size=(3, 2, 4)).astype(np.float32),
        rms=rng.uniform(size=(3, 2)).astype(np.float32),
    )
    return track_table(track, windows(32000 * 30, 32000, ChunkConfig()), (2, 5), captured)


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A file of four tracks, two in a row group."""
    monkeypatch.setattr(shards, "ROW_GROUP_BYTES", 2 * table("a").nbytes)
    path = tmp_path / "activations.parquet"
    write_activations(path, row_groups(map(table, TRACKS)), config={"x": 1}, model={})
    return path


def test_several_tracks_share_a_row_group(path):
    file = pq.ParquetFile(path)
    assert [file.metadata.row_group(group).num_rows for group in range(2)] == [12, 12]
    assert file.num_row_groups == 2
    frame = pd.read_parquet(path)
    assert list(frame["track"].astype(str)) == [track for track in TRACKS for _ in range(6)]
    for track in TRACKS:
        expected = np.array(table(track)["vector"].to_pylist(), np.float32)
        np.testing.assert_array_equal(np.stack(frame[frame["track"] == track]["vector"]), expected)


def test_tracks_are_removed_whole(path):
    before = pd.read_parquet(path)
    remove_tracks(path, ["b", "c", "never there"])
    after = pd.read_parquet(path)
    kept = before[before["track"].isin(["a", "d"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(after.astype({"track": str}), kept.astype({"track": str}))
    assert METADATA_KEY in pq.read_schema(path).metadata
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_without_tracks_is_none(path):
    remove_tracks(path, TRACKS)
    assert list(path.parent.iterdir()) == []
