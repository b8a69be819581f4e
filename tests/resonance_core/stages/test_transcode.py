from pathlib import Path

import pytest

from resonance_core.errors import TrackError
from resonance_core.keys import sha256_file
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
