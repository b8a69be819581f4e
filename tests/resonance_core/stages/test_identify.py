from resonance_core.config import DownloadConfig
from resonance_core.keys import sha256_file
from resonance_core.sources.manifest import read_manifest
from resonance_core.stages.identify import FailedTrack, IdentifiedTrack, identify


def test_each_track_has_its_digest_or_a_reason(clips, tmp_path, store):
    (tmp_path / "a.csv").write_text(f"path\n{clips[1]}\ngone.mp3\n{clips[0]}\n")
    tracks = read_manifest(tmp_path / "a.csv")
    first, gone, last = identify(tracks, DownloadConfig(), store)
    assert first == IdentifiedTrack(source=tracks[0], sha256=sha256_file(clips[1]))
    assert last == IdentifiedTrack(source=tracks[2], sha256=sha256_file(clips[0]))
    assert isinstance(gone, FailedTrack)
    assert (gone.title, gone.url) == ("gone", tracks[1].url)
    assert "gone.mp3 cannot be read" in gone.reason


def test_a_file_is_read_once(clips, tmp_path, store, monkeypatch):
    (tmp_path / "a.csv").write_text(f"path\n{clips[0]}\n")
    tracks = read_manifest(tmp_path / "a.csv")
    before = identify(tracks, DownloadConfig(), store)
    monkeypatch.setattr("resonance_core.stages.download.sha256_file", None)
    assert identify(tracks, DownloadConfig(), store) == before
