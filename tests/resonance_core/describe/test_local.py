from pathlib import Path

import numpy as np
import pytest
import soundfile

from resonance_core.describe.local import LocalDescriber
from resonance_core.errors import TrackError

PLAYLISTS = Path(__file__).parents[3] / "examples" / "playlists"


def files(name: str) -> dict[str, Path]:
    return {path.stem: path for path in sorted((PLAYLISTS / name).glob("*.opus"))}


@pytest.mark.parametrize("genre", ["techno", "jazz", "orchestral"])
def test_a_playlist_of_one_genre_is_heard_as_that(genre):
    found = LocalDescriber().describe(files(genre))
    assert next(iter(found.character.genres)) == genre
    assert found.character.genres[genre] > 0.6
    assert sum(found.character.genres.values()) == pytest.approx(1)
    assert found.failed == {}


def test_the_levels_tell_fast_and_heavy_from_slow_and_light():
    techno, ambient, folk = (
        LocalDescriber().describe(files(name)).character for name in ("techno", "ambient", "folk")
    )
    assert techno.levels["tempo"] > 0.5 > -0.5 > ambient.levels["tempo"]
    assert techno.levels["bass"] > 0.3 > -0.3 > folk.levels["bass"]
    assert techno.tempo_bpm > ambient.tempo_bpm + 30


def test_a_track_that_cannot_be_heard_stops_no_other(tmp_path):
    broken, short = tmp_path / "broken.wav", tmp_path / "short.wav"
    broken.write_bytes(b"no audio at all")
    soundfile.write(short, np.full(32000, 0.1), 32000)
    good = next(iter(files("rock").values()))
    found = LocalDescriber().describe({"a": broken, "b": short, "c": good})
    assert found.failed.keys() == {"a", "b"}
    assert "cannot be read as audio" in found.failed["a"]
    assert "shorter than 4 s" in found.failed["b"]
    assert found.character == LocalDescriber().describe({"c": good}).character
    with pytest.raises(TrackError, match="none of the 2 tracks can be heard"):
        LocalDescriber().describe({"a": broken, "b": short})
