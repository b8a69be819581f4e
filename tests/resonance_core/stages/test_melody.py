import numpy as np
import pytest
import soundfile

from resonance_core.config import ModelConfig
from resonance_core.errors import NotInStoreError, TrackError
from resonance_core.stages.melody import find_melody, melody


@pytest.fixture
def recording(tmp_path):
    """Three seconds of a tone."""
    path = tmp_path / "humming.wav"
    soundfile.write(path, 0.3 * np.sin(np.arange(3 * 8000) / 6), 8000)
    return path


def test_a_recording_is_taken_once_and_found_by_its_key(recording, store):
    first = melody(recording, ModelConfig(), store, 3.0)
    assert first.record.info["seconds"] == pytest.approx(3, abs=0.01)
    assert melody(recording, ModelConfig(), store).hit
    assert find_melody(first.record.key, store) == first.record
    with pytest.raises(NotInStoreError):
        find_melody("0" * 64, store)


def test_one_that_is_too_long_is_refused_also_where_it_is_known(recording, store):
    for _ in range(2):
        with pytest.raises(TrackError, match="lasts 3 s, longer than 2 s"):
            melody(recording, ModelConfig(), store, 2.0)
        melody(recording, ModelConfig(), store)
