from functools import partial
from pathlib import Path
from typing import Any

import pytest

from resonance_core.audio.decode import AudioFacts
from resonance_core.config import DownloadConfig
from resonance_core.errors import TrackError
from resonance_core.keys import sha256_file
from resonance_core.sources.playlist import TrackSource
from resonance_core.stages import transcode as stage
from resonance_core.stages.download import download, original
from resonance_core.stages.transcode import transcode_track
from resonance_core.store.store import Store

CLIP = Path(__file__).parents[3] / "examples" / "playlist" / "coherence.opus"


def test_a_track_is_transcoded_once_whatever_its_name(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    renamed = tmp_path / "other.opus"
    renamed.write_bytes(CLIP.read_bytes())
    first = transcode_track(sha256_file(CLIP), lambda: CLIP, 32_000, store)
    again = transcode_track(sha256_file(renamed), lambda: renamed, 32_000, store)
    assert (first.hit, again.hit) == (False, True)
    assert again.record == first.record
    assert list(first.record.files) == ["audio.flac"]
    assert first.record.info["samples"] == pytest.approx(45 * 32_000, abs=640)
    assert first.record.info["codec"] == "opus"


def test_another_rate_is_another_artifact(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    digest = sha256_file(CLIP)
    one, two = (
        transcode_track(digest, lambda: CLIP, rate, store).record for rate in (16_000, 32_000)
    )
    assert one.key != two.key
    assert one.info["samples"] * 2 == pytest.approx(two.info["samples"], abs=2)


def test_the_key_holds_still(tmp_path: Path) -> None:
    record = transcode_track("0" * 64, lambda: CLIP, 16_000, Store(tmp_path / "store")).record
    assert record.key == "dade46d63666a2c3efa46fe737c9f2aa08cc3f19b003aba0cce1871208c249bb"


def test_an_unreadable_track_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    blip = tmp_path / "cut.opus"
    blip.write_bytes(CLIP.read_bytes()[:5000])
    with pytest.raises(TrackError, match=r"cut\.opus"):
        transcode_track(sha256_file(blip), lambda: blip, 32_000, store)
    assert list(store.records()) == []
    assert list(store.root.rglob("audio.flac")) == []


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_file_that_is_changed_after_it_was_read_is_not_kept_as_what_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    store, file = Store(tmp_path / "store"), tmp_path / "song.opus"
    file.write_bytes(CLIP.read_bytes())
    track = TrackSource(position=0, title="song", url=file.as_uri(), duration_s=None)
    record = download(track, DownloadConfig(), store).record

    def change() -> None:
        file.write_bytes(CLIP.with_name("awakening.opus").read_bytes())

    def decode_and_change(*args: Any) -> AudioFacts:
        facts = decode(*args)
        change()
        return facts

    decode = stage.transcode
    if when == "before":
        change()
    else:
        monkeypatch.setattr(stage, "transcode", decode_and_change)
    source = partial(original, store, record)
    with pytest.raises(TrackError, match=r"song\.opus was changed meanwhile\. Run again"):
        transcode_track(record.info["sha256"], source, 32_000, store)
    assert list(store.records("transcode")) == []
