import shutil

import pytest

from resonance_core.describe.local import LocalDescriber
from resonance_core.errors import NotInStoreError
from resonance_core.stages.playlist_character import character_of, playlist_character
from resonance_core.stages.transcode import TRANSCODE


def test_a_playlist_is_described_from_the_store_and_once(example_store):
    made = playlist_character("example", LocalDescriber(), example_store)
    found = character_of(made.record)
    assert found.failed == {}
    assert set(found.character.levels) >= {"energy", "tempo", "bass"}
    assert 40 < found.character.tempo_bpm < 250
    (audio,) = example_store.records(TRANSCODE.name)
    assert made.record.request.inputs == {"audio": [audio.digest("audio.flac")]}
    again = playlist_character("example", LocalDescriber(), example_store)
    assert (made.hit, again.hit) == (False, True)


def test_tracks_that_are_gone_or_a_name_that_is_none_are_said(example_store):
    with pytest.raises(NotInStoreError, match="no playlist 'mine'"):
        playlist_character("mine", LocalDescriber(), example_store)
    shutil.rmtree(example_store.root / TRANSCODE.name)
    with pytest.raises(NotInStoreError, match=r"no longer holds the tracks.*Ingest it again"):
        playlist_character("example", LocalDescriber(), example_store)
