import pytest

from resonance_core.config import DownloadConfig, ResolveConfig
from resonance_core.errors import SourceError, TrackError
from resonance_core.sources.playlist import Playlist, TrackSource
from resonance_core.sources.resolve import resolve
from resonance_core.sources.resolved import SUFFIX, write_resolved
from resonance_core.stages.download import download

TRACKS = (
    TrackSource(position=0, title="one", url="https://music.example/1", duration_s=3.0),
    TrackSource(position=1, title="two", url="", duration_s=None, refused="no such song"),
    TrackSource(position=2, title="three", url="https://music.example/3", duration_s=None),
)
PLAYLIST = Playlist(title="mine", source="/uploads/1", tracks=TRACKS, left_out=1)


def test_tracks_that_were_listed_elsewhere_are_a_source(tmp_path):
    path = tmp_path / f"list{SUFFIX}"
    write_resolved(PLAYLIST, path)
    assert resolve(str(path), ResolveConfig()) == PLAYLIST
    some = resolve(str(path), ResolveConfig(max_tracks=2))
    assert (some.tracks, some.left_out) == (TRACKS[:2], 2)


def test_a_file_that_holds_none_is_refused(tmp_path):
    path = tmp_path / f"list{SUFFIX}"
    for content in (b"{}", b"no JSON", b"\xff\xfe\x00"):
        path.write_bytes(content)
        with pytest.raises(SourceError, match="holds no tracks"):
            resolve(str(path), ResolveConfig())
    with pytest.raises(SourceError, match="holds no tracks"):
        resolve(str(tmp_path / f"none{SUFFIX}"), ResolveConfig())


def test_a_track_that_is_refused_is_not_looked_for(store):
    with pytest.raises(TrackError, match="no such song"):
        download(TRACKS[1], DownloadConfig(), store)
