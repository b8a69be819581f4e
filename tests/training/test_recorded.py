import numpy as np
import pytest
import soundfile

from resonance_core.config import ExtractConfig, ModelConfig
from resonance_core.errors import ResonanceError
from resonance_core.models.registry import model_info
from resonance_core.stages.extract import capture_settings
from resonance_core.store.directions import read_direction
from training.recorded import hear_recorded


@pytest.fixture
def playlists(clips, tmp_path):
    """Two playlists of one track of 4 s each."""
    for name, clip in zip(("calm", "wild"), clips, strict=False):
        samples, rate = soundfile.read(clip, frames=4 * 48000)
        (tmp_path / "playlists" / name).mkdir(parents=True)
        soundfile.write(tmp_path / "playlists" / name / "track.wav", samples, rate)
    return tmp_path / "playlists"


def test_all_tracks_become_one_reference(playlists, tmp_path, monkeypatch):
    monkeypatch.setenv("RESONANCE_STORE", str(tmp_path / "store"))
    hear_recorded(playlists, tmp_path / "recorded.safetensors")
    found = read_direction(tmp_path / "recorded.safetensors")
    assert found.metadata["kind"] == "reference"
    assert len(found.metadata["tracks"]) == 2
    heard = capture_settings(ExtractConfig(), model_info(ModelConfig()))
    assert found.metadata["config"]["extract"] == heard
    assert np.isfinite(found.per_layer).all()


def test_a_track_that_cannot_be_heard_is_named(playlists, tmp_path, monkeypatch):
    monkeypatch.setenv("RESONANCE_STORE", str(tmp_path / "store"))
    (playlists / "wild" / "broken.wav").write_bytes(b"no music")
    with pytest.raises(ResonanceError, match=r"'broken' of .*wild cannot be heard"):
        hear_recorded(playlists, tmp_path / "recorded.safetensors")
    assert not (tmp_path / "recorded.safetensors").exists()
