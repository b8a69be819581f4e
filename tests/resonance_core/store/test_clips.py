import numpy as np
import pyarrow.parquet as pq
import pytest

from resonance_core.judge.probes import Verdict
from resonance_core.store.clips import Clips, read_clips, write_clips


@pytest.fixture
def clips():
    rng = np.random.default_rng(0)
    return Clips(
        strength=np.array([-1.0, 0.0, 1.0]),
        prompt=np.array(["a", "b", "a"]),
        seed=np.array([1, 2, 3]),
        faults=[[], ["quiet", "stuck"], []],
        verdict=Verdict(
            measures={"rms_db": rng.standard_normal(3)},
            levels={"energy": rng.standard_normal(3), "bass": rng.standard_normal(3)},
            genres=np.array(["jazz", "rock", "jazz"]),
            vectors=rng.standard_normal((3, 5)).astype(np.float32),
        ),
    )


def test_clips_come_back_as_they_were(clips, tmp_path):
    write_clips(tmp_path / "clips.parquet", clips)
    found = read_clips(tmp_path / "clips.parquet")
    for field in ("strength", "prompt", "seed"):
        np.testing.assert_array_equal(getattr(found, field), getattr(clips, field))
    assert found.faults == clips.faults
    assert found.failed.tolist() == [False, True, False]
    assert list(found.verdict.levels) == ["energy", "bass"]
    np.testing.assert_array_equal(found.verdict.levels["bass"], clips.verdict.levels["bass"])
    np.testing.assert_array_equal(
        found.verdict.measures["rms_db"], clips.verdict.measures["rms_db"]
    )
    np.testing.assert_array_equal(found.verdict.vectors, clips.verdict.vectors)
    np.testing.assert_array_equal(found.verdict.genres, clips.verdict.genres)


def test_any_reader_reads_them(clips, tmp_path):
    write_clips(tmp_path / "clips.parquet", clips)
    frame = pq.read_table(tmp_path / "clips.parquet").to_pandas()
    assert frame.loc[frame.strength == 1.0, "level_bass"].item() == clips.verdict.levels["bass"][2]
    assert len(frame.vector[0]) == 5
