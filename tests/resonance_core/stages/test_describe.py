import shutil
from pathlib import Path

import pytest

from resonance_core.api_key import ApiKey
from resonance_core.config import DescribeConfig, DownloadConfig, ResolveConfig
from resonance_core.describe.gemini import GeminiDescriber
from resonance_core.describe.local import LocalDescriber
from resonance_core.describe.sent_clips import SentClips
from resonance_core.errors import TrackError
from resonance_core.sources.resolve import resolve
from resonance_core.stages.describe import describe, estimate
from resonance_core.steering.concept_file import load_concepts
from tests.gemini_server import KEY

LATIN = Path(__file__).parents[3] / "examples" / "playlists" / "latin"


@pytest.fixture
def folder(tmp_path) -> Path:
    """Two tracks, and a file that is none."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for path in sorted(LATIN.glob("*.opus"))[:2]:
        shutil.copyfile(path, folder / path.name)
    (folder / "zz.mp3").write_bytes(b"nothing")
    return folder


def look(folder, store):
    tracks = resolve(str(folder), ResolveConfig()).tracks
    return describe(tracks, LocalDescriber(), DownloadConfig(), store)


def test_a_playlist_is_described_once_whatever_its_order(folder, store):
    first = look(folder, store)
    assert next(iter(first.character.genres)) == "latin"
    assert [track.status for track in first.tracks] == ["completed", "completed", "failed"]
    assert "cannot be read as audio" in first.tracks[2].reason
    names = sorted(path.name for path in folder.glob("*.opus"))
    (folder / names[0]).rename(folder / "yy.opus")
    again = look(folder, store)
    assert again.outcome.hit
    assert again.character == first.character


def test_a_track_that_is_empty_is_told_apart(folder, store):
    (folder / "aa.wav").touch()
    reasons = {track.title: track.reason for track in look(folder, store).tracks}
    assert "is empty" in reasons["aa"]
    assert "cannot be read as audio" in reasons["zz"]
    assert list(reasons.values()).count(None) == 2


def test_what_would_be_sent_is_told_until_the_store_knows(folder, store, gemini):
    tracks = resolve(str(folder), ResolveConfig()).tracks
    agreed = []

    def consent(sending: SentClips) -> bool:
        agreed.append(sending)
        return True

    key = ApiKey(KEY, "GEMINI_API_KEY")
    describer = GeminiDescriber(DescribeConfig(heard_s=4), load_concepts(), lambda: key, consent)
    asked = (tracks, describer, DownloadConfig(), store)
    sending = estimate(*asked)
    assert (sending.tracks, sending.seconds) == (2, 8)
    assert (gemini.asked, agreed) == ([], [])
    found = describe(*asked)
    assert agreed == [sending]
    assert [track.status for track in found.tracks] == ["completed", "completed", "failed"]
    assert estimate(*asked) is None
    assert describe(*asked).outcome.hit
    assert len(gemini.asked) == len(agreed) == 1
    assert estimate(tracks, LocalDescriber(), DownloadConfig(), store) is None
    assert describe(tracks, LocalDescriber(), DownloadConfig(), store).outcome.hit is False


def test_a_playlist_without_any_track_to_hear_is_an_error(folder, store):
    for path in folder.glob("*.opus"):
        path.write_bytes(b"")
    with pytest.raises(TrackError, match="none of the"):
        look(folder, store)
    assert not list(store.records("describe"))
