import numpy as np
import pyarrow.parquet as pq
import pytest

from resonance_core.audio.read import read_windows
from resonance_core.config import ChunkConfig, ExtractConfig, ModelConfig, RuntimeConfig
from resonance_core.errors import ConfigError, ModelError
from resonance_core.models.registry import load_model
from resonance_core.stages.chunk import chunk
from resonance_core.stages.extract import check_means, choose_layers, extract
from resonance_core.steering.hooks import hidden_state_hooks
from resonance_core.store.activations import ACTIVATIONS, read_activations


@pytest.fixture
def inputs(example_store):
    """The records of a track's audio and windows."""
    records = {record.stage: record for record in example_store.records()}
    return records["transcode"], records["chunk"]


def run(inputs, store, config: ExtractConfig, batch_size: int = 8, model=None):
    runtime = RuntimeConfig(device="cpu", batch_size=batch_size)
    return extract(*inputs, model or ModelConfig(), config, store, runtime)


def test_activations_are_those_of_the_model(inputs, example_store, nano, canonical):
    outcome = run(inputs, example_store, ExtractConfig())
    assert outcome.hit  # the fixture made it
    read = read_activations(example_store.path(outcome.record, ACTIVATIONS))
    audio = read_windows(canonical, [0, 20 * 32000, 40 * 32000], 4 * 32000)
    captured = nano.capture(audio, layers=range(6), prompts=[""] * len(audio), melody=True)
    np.testing.assert_array_equal(read.vectors, captured.vectors)
    np.testing.assert_array_equal(read.rms, captured.rms)
    assert read.track == inputs[0].request.inputs["audio"]
    assert read.metadata["model"]["id"] == "nano"
    assert read.metadata["config"] == {  # nothing else, or stores would forget what they hold
        "model": nano.info.identity(),
        "layers": [0, 1, 2, 3, 4, 5],
        "pooling": "mean",
        "prompt": "",
        "melody": True,
        "audio": inputs[0].request.config,
        "chunk": {"length_s": 4.0, "hop_s": 20.0},
    }


def test_the_batch_size_is_no_part_of_the_key_nor_of_the_numbers(inputs, example_store):
    config = ExtractConfig(prompt="batches")
    one = run(inputs, example_store, config, batch_size=1).record
    one_read = read_activations(example_store.path(one, ACTIVATIONS))
    assert run(inputs, example_store, config, batch_size=2).hit
    example_store.path(one, ACTIVATIONS).unlink()
    two = run(inputs, example_store, config, batch_size=2).record
    two_read = read_activations(example_store.path(two, ACTIVATIONS))
    assert one.key == two.key
    assert one.info["runtime"] == {
        "backend": "transformers",
        "backend_reason": "the model is in Transformers' format",
        "dtype": "float32",
        "autocast": None,
        "compile": False,
        "device": "cpu",
        "threads": 1,
        "batch_size": 1,
    }
    assert two.info["runtime"] == {**one.info["runtime"], "batch_size": 2}
    np.testing.assert_allclose(one_read.vectors, two_read.vectors, rtol=1e-5, atol=1e-5)


def test_all_that_changes_the_activations_changes_the_key(inputs, example_store):
    configs = {
        "mean": ExtractConfig(),
        "one layer": ExtractConfig(layers=(1,)),
        "another layer": ExtractConfig(layers=(2,)),
        "prompt": ExtractConfig(prompt="x"),
        "no melody": ExtractConfig(melody=False),
        "std": ExtractConfig(pooling="mean+std"),
        "last": ExtractConfig(pooling="last"),
        "strided": ExtractConfig(pooling="strided", stride=98),
        "another stride": ExtractConfig(pooling="strided", stride=90),
        "half": ExtractConfig(vectors="float16"),
    }
    records = {name: run(inputs, example_store, config).record for name, config in configs.items()}
    assert len({record.key for record in records.values()}) == len(configs)
    assert len({record.request.dataset for record in records.values()}) == len(configs)

    def column(of: str, name: str) -> np.ndarray:
        path = example_store.path(records[of], ACTIVATIONS)
        table = pq.read_table(path, partitioning=None)
        assert len(table) == records[of].info["vectors"]
        return np.array(table[name].to_pylist())

    means = column("mean", "vector")
    np.testing.assert_array_equal(column("std", "vector"), means)
    assert (column("std", "std") > 0).all()
    np.testing.assert_allclose(column("half", "vector"), means, rtol=1e-3, atol=1e-6)
    # Three frames of each chunk and layer, the last of four seconds among them.
    assert column("strided", "frame").tolist() == [3, 101, 199] * (3 * 6)
    np.testing.assert_array_equal(column("strided", "vector")[2::3], column("last", "vector"))
    np.testing.assert_array_equal(column("strided", "rms")[::3], column("mean", "rms"))


def test_directions_are_made_of_means_only():
    for pooling in ("mean", "mean+std"):
        check_means(pooling)
    for pooling in ("last", "strided"):
        with pytest.raises(ConfigError, match=f"'{pooling}' make no direction.*mean"):
            check_means(pooling)


def test_other_chunks_are_another_data_set(inputs, example_store):
    audio, _ = inputs
    first = run(inputs, example_store, ExtractConfig()).record
    other = chunk(audio, ChunkConfig(length_s=2, hop_s=20), example_store).record
    second = run((audio, other), example_store, ExtractConfig()).record
    assert first.request.dataset != second.request.dataset
    metadata = read_activations(example_store.path(second, ACTIVATIONS)).metadata
    assert metadata["config"]["chunk"] == {"length_s": 2.0, "hop_s": 20.0}
    assert metadata["config"]["audio"]["sample_rate"] == 32000


def test_hidden_states_that_overflow_are_refused(inputs, example_store):
    layers = load_model(ModelConfig(), RuntimeConfig(device="cpu")).layers
    with (
        hidden_state_hooks(layers[:1], lambda _, hidden: hidden / 0),
        pytest.raises(ModelError, match=r"not finite in float32.*bfloat16"),
    ):
        run(inputs, example_store, ExtractConfig(prompt="overflow"))
    assert example_store.verify() == []


def test_tracks_of_one_config_share_a_hive_folder(inputs, example_store):
    record = run(inputs, example_store, ExtractConfig(layers=(3,))).record
    path = example_store.path(record, ACTIVATIONS).relative_to(example_store.root)
    assert path.parts[0] == "activations"
    name, _, digest = path.parts[1].partition("=")
    assert name == "extraction"
    assert len(digest) == 16
    described = {name: value for name, value in record.info.items() if name != "runtime"}
    assert described == {"chunks": 3, "layers": [3], "hidden_size": 192, "vectors": 3}


def test_layers_are_chosen_by_name_or_number(nano):
    info = nano.info
    assert choose_layers(ExtractConfig(), info) == (0, 1, 2, 3, 4, 5)
    assert choose_layers(ExtractConfig(layers="middle-third"), info) == (2, 3)
    assert choose_layers(ExtractConfig(layers=(5, 1, 5)), info) == (1, 5)


def test_a_layer_the_model_does_not_have_leaves_nothing(inputs, example_store):
    before = len(list(example_store.records()))
    with pytest.raises(ModelError, match="layer 9 does not exist"):
        run(inputs, example_store, ExtractConfig(layers=(9,)))
    assert len(list(example_store.records())) == before


def test_other_weights_are_another_extraction(inputs, example_store, tiny_melody_folder):
    other = run(
        inputs, example_store, ExtractConfig(), model=ModelConfig(id=str(tiny_melody_folder))
    )
    assert not other.hit
    assert other.record.info["hidden_size"] == 32
