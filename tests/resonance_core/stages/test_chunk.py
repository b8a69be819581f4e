from pathlib import Path

import pytest

from resonance_core.config import ChunkConfig
from resonance_core.errors import TrackError
from resonance_core.keys import sha256_file
from resonance_core.stages.chunk import chunk, load_windows
from resonance_core.stages.transcode import transcode_track
from resonance_core.store.records import Record
from resonance_core.store.store import Store

CLIP = Path(__file__).parents[3] / "examples" / "playlist" / "coherence.opus"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def audio(store: Store) -> Record:
    return transcode_track(sha256_file(CLIP), lambda: CLIP, 32_000, store).record


def test_the_table_is_read_back(audio: Record, store: Store) -> None:
    record = chunk(audio, ChunkConfig(), store).record
    table = load_windows(store, record)
    assert record.info == {"chunks": 5}
    assert list(record.files) == ["windows.json"]
    assert [(window.start_s, window.end_s) for window in table] == [
        (0, 10),
        (8, 18),
        (16, 26),
        (24, 34),
        (32, 42),
    ]


def test_the_config_and_the_audio_decide(audio: Record, store: Store) -> None:
    first = chunk(audio, ChunkConfig(), store)
    assert not first.hit
    assert chunk(audio, ChunkConfig(), store).hit
    other = chunk(audio, ChunkConfig(hop_s=4), store)
    assert not other.hit
    assert other.record.info["chunks"] == 9
    assert first.record.request.inputs == {"audio": audio.digest("audio.flac")}


def test_a_damaged_table_is_refused(audio: Record, store: Store) -> None:
    record = chunk(audio, ChunkConfig(), store).record
    store.path(record, "windows.json").write_text("[")
    with pytest.raises(TrackError, match="run again"):
        load_windows(store, record)
