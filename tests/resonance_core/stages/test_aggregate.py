import json

import numpy as np
import pytest

from resonance_core.config import AggregateConfig, ExtractConfig, ModelConfig, RuntimeConfig
from resonance_core.errors import ConfigError, ResonanceError
from resonance_core.stages.aggregate import WEIGHTS, aggregate
from resonance_core.stages.extract import EXTRACT, extract
from resonance_core.store.activations import ACTIVATIONS, read_activations
from resonance_core.store.directions import DIRECTION, read_direction
from resonance_core.store.records import Record


@pytest.fixture
def activations(example_store):
    """The records of two extractions of a track, which stand for two tracks."""
    records = {record.stage: record for record in example_store.records()}
    other = extract(
        records["transcode"],
        records["chunk"],
        ModelConfig(),
        ExtractConfig(melody=False),
        example_store,
        RuntimeConfig(device="cpu"),
    ).record
    return [records["extract"], other]


def test_single_frames_make_no_direction(store):
    request = EXTRACT.request({"pooling": "last"}, {})
    last = Record(key=request.key, request=request, files={}, info={}, seconds=0)
    with pytest.raises(ConfigError, match="pooled as 'last' make no direction"):
        aggregate([last], AggregateConfig(), store)


def test_the_direction_is_the_mean_of_the_tracks(activations, example_store):
    record = aggregate(activations, AggregateConfig(), example_store).record
    direction = read_direction(example_store.path(record, DIRECTION))
    tracks = [read_activations(example_store.path(one, ACTIVATIONS)) for one in activations]
    expected = np.mean([track.vectors.mean(0) for track in tracks], axis=0)
    np.testing.assert_allclose(direction.per_layer, expected, rtol=1e-5)
    assert direction.metadata["kind"] == "playlist"
    assert direction.metadata["layers"] == [0, 1, 2, 3, 4, 5]
    assert direction.metadata["model"]["id"] == "nano"
    assert len(direction.metadata["tracks"]) == 2
    assert list(record.info["layer_scan"]["layers"]) == [2, 3]


def test_order_and_repetition_change_nothing(activations, example_store):
    first = aggregate(activations, AggregateConfig(), example_store)
    turned = aggregate([*activations[::-1], activations[0]], AggregateConfig(), example_store)
    assert turned.hit
    assert turned.record == first.record


def test_another_set_of_tracks_is_another_direction(activations, example_store):
    both = aggregate(activations, AggregateConfig(), example_store).record
    one = aggregate(activations[:1], AggregateConfig(), example_store).record
    assert both.key != one.key


def test_no_tracks_are_refused(example_store):
    with pytest.raises(ResonanceError, match="at least one track"):
        aggregate([], AggregateConfig(), example_store)


def test_the_weights_are_stored(activations, example_store):
    config = AggregateConfig(mode="time_select", windows_s=((0, 30),))
    record = aggregate(activations, config, example_store).record
    kept = json.loads(example_store.path(record, WEIGHTS).read_text())
    tracks = [read_activations(example_store.path(one, ACTIVATIONS)) for one in activations]
    inside = [track.vectors[track.end_s <= 30].mean(0) for track in tracks]
    direction = read_direction(example_store.path(record, DIRECTION))
    np.testing.assert_allclose(direction.per_layer, np.mean(inside, axis=0), rtol=1e-5)
    for track in tracks:
        assert sum(kept[track.track]) == pytest.approx(1)


def test_windows_without_any_chunk_are_refused(activations, example_store):
    config = AggregateConfig(mode="time_select", windows_s=((0, 0.5),))
    with pytest.raises(ResonanceError, match="no chunk of any track lies inside"):
        aggregate(activations, config, example_store)
