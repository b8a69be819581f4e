import shutil

import numpy as np
import pytest

from resonance_core.config import ExtractConfig, ResolveConfig, RuntimeConfig
from resonance_core.errors import ConfigError, SourceError
from resonance_core.sources.labelled import LabelledTracks
from resonance_core.stages.audio_concept import audio_concept, list_labelled
from resonance_core.stages.concept import concept
from resonance_core.stages.tracks import TooFewTracksError, hear
from resonance_core.steering.concept_file import load_concepts
from resonance_core.store.activations import ACTIVATIONS, read_activations
from resonance_core.store.directions import DIRECTION, read_direction
from resonance_core.store.store import Store

CPU = RuntimeConfig(device="cpu")


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Store:
    """A store for all tests, so that each track is heard once."""
    return Store(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def made(kept, quick):
    """Makes a concept of a file; returns its record."""

    def make(name, path):
        listed = list_labelled(name, load_concepts(path), ResolveConfig())
        return audio_concept(name, listed, hear(listed.tracks, quick, kept, CPU), kept).record

    return make


def means(store, quick, path) -> np.ndarray:
    """The mean of each track, in the order of the labels."""
    listed = list_labelled("warmth", load_concepts(path), ResolveConfig())
    results = hear(listed.tracks, quick, store, CPU)
    heard = [read_activations(store.path(one.activations, ACTIVATIONS)) for one in results]
    return np.stack([track.vectors.mean(0) for track in heard])


def test_two_folders_give_the_difference_of_their_means(audio_concepts, made, kept, quick):
    record = made("brightness", audio_concepts)
    direction = read_direction(kept.path(record, DIRECTION))
    tracks = means(kept, quick, audio_concepts)
    expected = tracks[2:].mean(0) - tracks[:2].mean(0)
    np.testing.assert_allclose(direction.per_layer, expected, rtol=1e-4, atol=1e-5)
    assert direction.metadata["kind"] == "concept"
    assert direction.metadata["model"]["id"] == "nano"
    assert len(direction.metadata["tracks"]) == 4
    assert record.info["layers"] == direction.metadata["layers"] == [0, 1, 2, 3, 4, 5]
    assert len(record.info["split_half"]) == len(record.info["agreement"]) == 6


def test_labels_give_the_slope_from_the_lowest_to_the_highest(audio_concepts, made, kept, quick):
    record = made("warmth", audio_concepts)
    direction = read_direction(kept.path(record, DIRECTION))
    tracks = means(kept, quick, audio_concepts)
    expected = np.polyfit([1, 2, 4, 8], tracks.reshape(4, -1), 1)[0] * 7
    np.testing.assert_allclose(direction.per_layer.ravel(), expected, rtol=1e-3, atol=1e-4)


def test_the_same_tracks_are_the_same_concept_wherever_they_lie(audio_concepts, made, tmp_path):
    record = made("brightness", audio_concepts)
    assert record.request.inputs["activations"][0][0] == 0
    moved = tmp_path / "moved"
    shutil.copytree(tmp_path / "music", moved / "music")
    shutil.move(moved / "music" / "low" / "0.wav", moved / "music" / "low" / "last.wav")
    shutil.copy(moved / "music" / "high" / "2.wav", moved / "music" / "high" / "again.wav")
    shutil.copy(audio_concepts, moved)
    assert made("brightness", moved / "concepts.yaml").key == record.key
    words = "path,label\nhigh/3.wav,high\nlow/last.wav,low\nlow/1.wav,low\nhigh/2.wav,high\n"
    (moved / "music" / "warmth.csv").write_text(words)
    assert made("warmth", moved / "concepts.yaml").key == record.key
    swapped = audio_concepts.read_text().replace("low: music/low, high: music/high", "{}")
    (moved / "swapped.yaml").write_text(swapped.replace("{}", "low: music/high, high: music/low"))
    assert made("brightness", moved / "swapped.yaml").key != record.key


def test_a_bad_track_is_left_out_while_two_a_side_remain(audio_concepts, made, kept, quick):
    low = audio_concepts.parent / "music" / "low"
    record = made("brightness", audio_concepts)
    (low / "broken.mp3").write_bytes(b"this is no music" * 1000)
    assert made("brightness", audio_concepts).key == record.key
    (low / "1.wav").write_bytes(b"")
    with pytest.raises(
        TooFewTracksError, match=r"has 1 low and 2 high tracks .*1: .* is empty.*; broken: "
    ) as caught:
        made("brightness", audio_concepts)
    assert [track.status for track in caught.value.tracks] == [
        *("completed", "failed", "failed", "completed", "completed")
    ]


def test_too_few_tracks_are_refused_before_any_is_heard(audio_concepts):
    (audio_concepts.parent / "music" / "high" / "3.wav").unlink()
    file = load_concepts(audio_concepts)
    with pytest.raises(TooFewTracksError, match="'brightness' has 2 low and 1 high tracks"):
        list_labelled("brightness", file, ResolveConfig())
    rows = "path,label\na,1\nb,1\nc,2\nd,1000\n"
    (audio_concepts.parent / "music" / "warmth.csv").write_text(rows)
    with pytest.raises(TooFewTracksError, match="'warmth' has 3 low and 1 high tracks"):
        list_labelled("warmth", file, ResolveConfig())


def test_a_track_with_two_labels_is_refused(audio_concepts, kept, quick):
    listed = list_labelled("warmth", load_concepts(audio_concepts), ResolveConfig())
    twice = LabelledTracks((*listed.tracks, listed.tracks[0]), (*listed.labels, 8))
    results = hear(twice.tracks, quick, kept, CPU)
    with pytest.raises(SourceError, match=r"'0' of concept 'warmth' .* labels 1 and 8"):
        audio_concept("warmth", twice, results, kept)


def test_single_frames_make_no_concept(audio_concepts, kept, quick):
    listed = list_labelled("brightness", load_concepts(audio_concepts), ResolveConfig())
    last = quick.model_copy(update={"extract": ExtractConfig(layers=(0,), pooling="last")})
    with pytest.raises(ConfigError, match="pooled as 'last' make no direction"):
        audio_concept("brightness", listed, hear(listed.tracks, last, kept, CPU), kept)


def test_a_slider_of_single_frames_is_refused_before_any_track_is_heard(
    audio_concepts, store, quick
):
    last = quick.model_copy(update={"extract": ExtractConfig(pooling="last")})
    with pytest.raises(ConfigError, match="pooled as 'last' make no direction"):
        concept("brightness", load_concepts(audio_concepts), last, store, CPU)
    assert list(store.records()) == []
