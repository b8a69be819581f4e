import pytest

from resonance_core.config import ExtractConfig, ResolveConfig, RuntimeConfig
from resonance_core.errors import ModelError
from resonance_core.sources.resolve import resolve
from resonance_core.stages.tracks import hear
from resonance_core.store.activations import ACTIVATIONS, read_activations

CPU = RuntimeConfig(device="cpu")


def test_every_track_is_heard_or_has_a_reason(audio_concepts, store, quick):
    folder = audio_concepts.parent / "music" / "low"
    (folder / "broken.mp3").write_bytes(b"this is no music" * 1000)
    tracks = resolve(str(folder), ResolveConfig()).tracks
    results = hear(tracks, quick, store, CPU)
    assert [result.report.title for result in results] == ["0", "1", "broken"]
    assert [result.report.status for result in results] == ["completed", "completed", "failed"]
    assert "broken.mp3 cannot be read as audio" in results[2].report.reason
    assert results[2].activations is None
    assert [len(result.outcomes) for result in results] == [4, 4, 1]
    for result in results[:2]:
        heard = read_activations(store.path(result.activations, ACTIVATIONS))
        assert heard.vectors.shape == (1, 6, 192)
        assert result.report.key == result.activations.key
        assert round(result.report.seconds) == 5
    again = hear(tracks, quick, store, CPU)
    assert all(outcome.hit for result in again for outcome in result.outcomes)


def test_a_layer_the_model_lacks_is_refused_before_any_work(audio_concepts, store, quick):
    wrong = quick.model_copy(update={"extract": ExtractConfig(layers=(9,))})
    tracks = resolve(str(audio_concepts.parent / "music"), ResolveConfig()).tracks
    with pytest.raises(ModelError, match="layer 9 does not exist"):
        hear(tracks, wrong, store, CPU)
    assert list(store.records()) == []
