import shutil

import pytest
import soundfile

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.config_file import parse_config
from resonance_core.sources.manifest import read_manifest
from resonance_core.stages.identify import identify
from resonance_core.stages.shard import SHARD, shard
from resonance_core.stages.shard_plan import plan_shards
from resonance_core.store.activations import ACTIVATIONS

RUNTIME = RuntimeConfig(device="cpu")


@pytest.fixture(scope="module")
def config() -> PipelineConfig:
    """Nano with one chunk a track."""
    return parse_config({"chunk": {"length_s": 2, "hop_s": 100}, "extract": {"layers": [1]}})


@pytest.fixture
def folder(clips, tmp_path):
    """Three tracks."""
    folder = tmp_path / "music"
    folder.mkdir()
    for number in range(3):
        excerpt(clips[number], folder / f"{number}.wav")
    return folder


def excerpt(clip, path):
    """Two seconds of a clip."""
    samples, rate = soundfile.read(clip, frames=2 * 48_000)
    soundfile.write(path, samples, rate)


def plan(folder, config, store, size=2):
    return plan_shards(identify(read_manifest(folder), config.download, store), config, store, size)


def make(planned, config, store):
    return [shard(tracks, config, store, RUNTIME).record for tracks in planned.missing]


def test_tracks_are_cut_into_shards_in_their_order(folder, config, store):
    planned = plan(folder, config, store)
    order = [track.title for track in read_manifest(folder)]
    assert [[one.source.title for one in tracks] for tracks in planned.missing] == [
        order[:2],
        order[2:],
    ]
    assert planned.found == []


def test_growth_costs_only_growth_and_names_cost_nothing(folder, clips, config, store):
    made = make(plan(folder, config, store), config, store)
    for number, file in enumerate(sorted(folder.iterdir(), reverse=True)):
        file.rename(folder / f"again {number}.wav")  # other names, and another order
    excerpt(clips[3], folder / "new.wav")
    planned = plan(folder, config, store)
    assert [[one.source.title for one in tracks] for tracks in planned.missing] == [["new"]]
    assert sorted(one.key for one in planned.found) == sorted(one.key for one in made)


def test_the_same_bytes_count_once(folder, config, store):
    shutil.copy(folder / "0.wav", folder / "zz copy.wav")
    planned = plan(folder, config, store)
    assert len(planned.tracks) == 3
    assert sum(len(tracks) for tracks in planned.missing) == 3
    assert "zz copy" not in {track.source.title for track in planned.tracks.values()}


def test_other_settings_are_other_shards(folder, config, store):
    make(plan(folder, config, store), config, store)
    other = config.model_copy(update={"extract": config.extract.model_copy(update={"prompt": "x"})})
    planned = plan(folder, other, store)
    assert planned.found == []
    assert sum(len(tracks) for tracks in planned.missing) == 3


def test_a_damaged_track_is_not_tried_again(folder, config, store):
    (folder / "bad.mp3").write_text("no music")
    planned = plan(folder, config, store, size=4)
    made = make(planned, config, store)
    again = plan(folder, config, store, size=4)
    assert again.missing == []
    for one in (planned.damaged(made), again.damaged([])):
        assert [(track.title, "bad.mp3" in track.reason) for track in one] == [("bad", True)]


def test_a_shard_whose_file_is_gone_is_made_again(folder, config, store):
    first, second = make(plan(folder, config, store), config, store)
    store.path(first, ACTIVATIONS).unlink()
    planned = plan(folder, config, store)
    assert planned.found == [second]
    assert [record.key for record in make(planned, config, store)] == [first.key]


def test_shards_of_another_version_are_not_taken_for_this_one_s(folder, config, store, monkeypatch):
    make(plan(folder, config, store), config, store)
    newer = SHARD.model_copy(update={"version": SHARD.version + 1})
    monkeypatch.setattr("resonance_core.stages.shard.SHARD", newer)
    planned = plan(folder, config, store)
    assert planned.found == []
    assert sum(len(tracks) for tracks in planned.missing) == 3
