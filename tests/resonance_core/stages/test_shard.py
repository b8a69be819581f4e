import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import soundfile

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.config_file import parse_config
from resonance_core.errors import ModelError, TrackError
from resonance_core.models.registry import how_computed, load_model
from resonance_core.sources.manifest import read_manifest
from resonance_core.stages.identify import identify
from resonance_core.stages.shard import shard
from resonance_core.stages.tracks import hear
from resonance_core.steering.hooks import hidden_state_hooks
from resonance_core.store.activations import ACTIVATIONS, read_activations

RUNTIME = RuntimeConfig(device="cpu", batch_size=4)
SECONDS = (11, 3, 8, 5)


@pytest.fixture(scope="module")
def config() -> PipelineConfig:
    """Nano with short chunks of few layers."""
    return parse_config({"chunk": {"length_s": 2, "hop_s": 2}, "extract": {"layers": [1, 4]}})


@pytest.fixture
def folder(clips, tmp_path):
    """Four pieces of music of different lengths."""
    folder = tmp_path / "music"
    folder.mkdir()
    for number, (clip, seconds) in enumerate(zip(clips, SECONDS, strict=False)):
        samples, rate = soundfile.read(clip, frames=seconds * 48_000)
        soundfile.write(folder / f"{number}.wav", samples, rate)
    return folder


def tracks_of(folder, config, store):
    return identify(read_manifest(folder), config.download, store)


def rows(store, record) -> pd.DataFrame:
    return pd.read_parquet(store.path(record, ACTIVATIONS), partitioning=None)


def assert_like_extract(frame, source, config, store):
    """A track's rows in a shard are those that the extract stage makes."""
    made = hear([source], config, store, RUNTIME)[0].activations
    alone = read_activations(store.path(made, ACTIVATIONS))
    mine = frame[frame["track"] == alone.track]
    np.testing.assert_array_equal(
        np.stack(mine["vector"]).reshape(alone.vectors.shape), alone.vectors
    )
    np.testing.assert_array_equal(mine["rms"].to_numpy().reshape(alone.rms.shape), alone.rms)
    np.testing.assert_array_equal(mine["start_s"].to_numpy()[::2], alone.start_s)
    np.testing.assert_array_equal(mine["end_s"].to_numpy()[::2], alone.end_s)
    return made


def test_the_numbers_are_those_of_extract_track_by_track(folder, config, store, nano):
    tracks = tracks_of(folder, config, store)
    record = shard(tracks, config, store, RUNTIME).record
    assert record.info == {
        "tracks": 4,
        "chunks": 5 + 1 + 4 + 2,
        "failed": {},
        "layers": [1, 4],
        "hidden_size": 192,
        "vectors": 24,
        "runtime": how_computed(nano, RUNTIME),
    }
    frame = rows(store, record)
    assert list(dict.fromkeys(frame["track"].astype(str))) == [track.sha256 for track in tracks]
    for track in tracks:
        made = assert_like_extract(frame, track.source, config, store)
        # The same data set, whose files differ in nothing but their rows.
        assert made.request.dataset == record.request.dataset
        assert made.request.config == record.request.config
    schemas = [pq.read_schema(file) for file in (store.root / "activations").rglob("*.parquet")]
    assert len(schemas) == 5
    assert all(schema.equals(schemas[0], check_metadata=True) for schema in schemas)
    assert store.verify() == []


@pytest.mark.parametrize("pooling", [{"pooling": "mean+std"}, {"pooling": "strided", "stride": 40}])
def test_what_is_kept_is_what_extract_keeps(folder, config, store, pooling):
    settings = {**config.model_dump(exclude_unset=True)}
    settings["extract"] = {**settings["extract"], **pooling, "vectors": "float16"}
    config = parse_config(settings)
    tracks = tracks_of(folder, config, store)
    record = shard(tracks, config, store, RUNTIME).record
    frame = rows(store, record)
    assert record.info["vectors"] == len(frame)
    for track in tracks:
        made = hear([track.source], config, store, RUNTIME)[0].activations
        assert record.request.dataset == made.request.dataset
        alone = pd.read_parquet(store.path(made, ACTIVATIONS), partitioning=None)
        mine = frame[frame["track"] == track.sha256].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, alone, check_categorical=False)


def test_a_shard_is_found_by_its_tracks_in_any_order(folder, config, store):
    tracks = tracks_of(folder, config, store)[:2]
    first = shard(tracks, config, store, RUNTIME)
    again = shard(tracks[::-1], config, store, RUNTIME)
    assert (first.hit, again.hit) == (False, True)
    assert first.record == again.record


def test_a_track_shorter_than_a_window_is_one_chunk(folder, config, store):
    longer = config.model_copy(update={"chunk": config.chunk.model_copy(update={"length_s": 4.0})})
    tracks = tracks_of(folder, longer, store)
    record = shard(tracks, longer, store, RUNTIME).record
    assert record.info["chunks"] == 4 + 1 + 3 + 1
    assert_like_extract(rows(store, record), tracks[1].source, longer, store)


@pytest.fixture
def damaged(folder):
    """The folder, whose second track turns out to be damaged after its first chunks."""
    samples, rate = soundfile.read(folder / "0.wav")
    (folder / "1.wav").unlink()
    soundfile.write(folder / "1.mp3", samples, rate)
    data = bytearray((folder / "1.mp3").read_bytes())
    noise = np.random.default_rng(0)
    for start in range(len(data) // 2, len(data) - 2000, 2000):
        data[start : start + 1500] = noise.bytes(1500)
    (folder / "1.mp3").write_bytes(data)
    return folder


def test_a_damaged_track_is_left_out_whole_with_its_reason(damaged, config, store):
    (damaged / "4.mp3").write_text("no music")
    tracks = tracks_of(damaged, config, store)
    record = shard(tracks, config, store, RUNTIME).record
    bad = {track.source.title: track.sha256 for track in tracks}
    assert record.info["tracks"] == 3
    assert record.info["chunks"] == 5 + 4 + 2
    assert record.info["failed"].keys() == {bad["1"], bad["4"]}
    assert "1.mp3 is damaged" in record.info["failed"][bad["1"]]
    frame = rows(store, record)
    assert set(frame["track"]) == {bad["0"], bad["2"], bad["3"]}
    assert_like_extract(frame, tracks[2].source, config, store)


def test_a_shard_of_damaged_tracks_only_is_made_too(folder, config, store):
    for file in folder.iterdir():
        file.write_text(f"no music in {file.name}")
    record = shard(tracks_of(folder, config, store), config, store, RUNTIME).record
    assert (record.info["tracks"], record.info["chunks"], len(record.info["failed"])) == (0, 0, 4)
    assert record.files == {}
    assert store.find(record.request) == record


def test_a_file_that_is_changed_meanwhile_is_not_recorded_as_damaged(folder, config, store):
    tracks = tracks_of(folder, config, store)
    (folder / "2.wav").write_text("no longer music")
    with pytest.raises(TrackError, match=r"2\.wav was changed meanwhile"):
        shard(tracks, config, store, RUNTIME)
    assert list(store.records("shard")) == []


def test_hidden_states_that_overflow_end_the_shard(folder, config, store):
    layers = load_model(config.model, RUNTIME).layers
    with (
        hidden_state_hooks(layers[:1], lambda _, hidden: hidden / 0),
        pytest.raises(ModelError, match="not finite"),
    ):
        shard(tracks_of(folder, config, store), config, store, RUNTIME)
    assert list((store.root / ".staging").iterdir()) == []
    assert list(store.records("shard")) == []
