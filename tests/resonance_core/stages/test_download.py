import errno
import hashlib
import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from resonance_core.config import DownloadConfig, ResolveConfig
from resonance_core.errors import TrackError, TransientTrackError
from resonance_core.sources.playlist import TrackSource
from resonance_core.sources.resolve import resolve
from resonance_core.stages.download import download, original
from resonance_core.store.store import Store
from tests.podcast import Podcast, serving

CONFIG = DownloadConfig(interval_s=0)
HLS = "application/vnd.apple.mpegurl"


@pytest.fixture
def podcast() -> Iterator[Podcast]:
    with serving() as podcast:
        yield podcast


def track(url: str, duration_s: float | None = None) -> TrackSource:
    return TrackSource(position=0, title="Song", url=url, duration_s=duration_s)


def refusal(
    url: str, store: Store, config: DownloadConfig = CONFIG, duration_s: float | None = None
) -> TrackError:
    """Return why a track is refused; nothing of it may stay in the store."""
    with pytest.raises(TrackError) as caught:
        download(track(url, duration_s), config, store)
    assert list(store.records()) == []
    assert list(store.root.glob(".staging/*")) == []
    assert store.verify() == []
    return caught.value


def test_episodes_are_fetched_once_as_they_are(
    podcast: Podcast, clips: list[Path], store: Store, capfd: pytest.CaptureFixture[str]
) -> None:
    episodes = resolve(podcast.feed(clips[:2]), ResolveConfig()).tracks
    outcomes = [download(episode, CONFIG, store) for episode in episodes]
    podcast.stop()
    again = [download(episode, CONFIG, store) for episode in episodes]

    for clip, outcome in zip(clips, outcomes, strict=False):
        record = outcome.record
        assert list(record.files) == ["audio.opus"]
        assert original(store, record).read_bytes() == clip.read_bytes()
        assert record.info == {
            "sha256": hashlib.sha256(clip.read_bytes()).hexdigest(),
            "title": clip.stem.title(),
            "bytes": clip.stat().st_size,
            "duration_s": pytest.approx(45, abs=0.1),
        }
        assert record.request.inputs == {"url": f"{podcast.address}/{clip.name}"}
    assert [outcome.hit for outcome in outcomes] == [False, False]
    assert [outcome.hit for outcome in again] == [True, True]
    for limit, reason in (("max_duration_s", "longer"), ("max_bytes", "larger")):
        with pytest.raises(TrackError, match=f"{reason} than the limit .* Raise download.{limit}"):
            download(episodes[0], DownloadConfig(**{limit: 40}), store)
    assert store.verify() == []
    assert capfd.readouterr() == ("", "")


def test_list_is_no_track(podcast: Podcast, clips: list[Path], store: Store) -> None:
    feed = podcast.feed(clips[:2])

    assert str(refusal(feed, store)) == (
        f"{feed} is a list, not one track. Ingest it as a source of its own."
    )


def test_long_track_is_refused_unfetched_where_the_length_is_known(
    podcast: Podcast, store: Store
) -> None:
    url = f"{podcast.address}/long.opus"

    assert str(refusal(url, store, duration_s=1800.5)) == (
        f"{url} lasts 1800 s, longer than the limit of 1800 s. Raise download.max_duration_s."
    )
    assert podcast.requests == []


def test_long_track_is_refused_by_its_file_where_nobody_told(
    podcast: Podcast, clips: list[Path], store: Store
) -> None:
    url = podcast.answer("/song.opus", clips[0].read_bytes())

    error = refusal(url, store, DownloadConfig(interval_s=0, max_duration_s=30.0))

    assert error.problem == f"{url} lasts 45 s, longer than the limit of 30 s"


def serve_hls(podcast: Podcast, clip: Path, folder: Path) -> str:
    """Serve a clip in pieces of ten seconds, and return the list of them."""
    folder.mkdir()
    options = {"hls_time": "10", "hls_list_size": "0"}
    with (
        av.open(str(clip)) as source,
        av.open(str(folder / "song.m3u8"), "w", format="hls", options=options) as target,
    ):
        stream = target.add_stream("aac", rate=48000)
        for frame in source.decode(audio=0):
            frame.pts = None
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    for piece in folder.glob("*.ts"):
        podcast.answer(f"/{piece.name}", piece.read_bytes(), "video/mp2t")
    return (folder / "song.m3u8").read_text()


def test_audio_in_pieces_is_put_together(
    podcast: Podcast, clips: list[Path], store: Store, tmp_path: Path
) -> None:
    pieces = serve_hls(podcast, clips[0], tmp_path / "hls")
    whole = podcast.answer("/song.m3u8", pieces.encode(), HLS)
    lacking = podcast.answer("/gone.m3u8", pieces.replace("song2", "gone").encode(), HLS)

    record = download(track(whole), CONFIG, store).record

    assert record.info["duration_s"] == pytest.approx(45, abs=0.1)
    assert record.info["bytes"] == sum(f.stat().st_size for f in (tmp_path / "hls").glob("*.ts"))
    with pytest.raises(TransientTrackError, match="broke off: HTTP Error 404: Not Found"):
        download(track(lacking), CONFIG, store)


def test_pieces_that_only_ffmpegs_program_reads_are_left_to_no_program(
    podcast: Podcast, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/called\necho ffmpeg version 8.0\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    key = b'#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI="key"\n'
    piece = b"#EXT-X-TARGETDURATION:9\n#EXTINF:9.0,\n0.ts\n#EXT-X-ENDLIST\n"
    url = podcast.answer("/song.m3u8", key + piece, HLS)

    assert str(refusal(url, store)) == (
        f"{url} comes in pieces that only FFmpeg's own program puts together. "
        "Choose another upload of it."
    )
    assert not (tmp_path / "called").exists()


def test_live_stream_is_refused(podcast: Podcast, store: Store) -> None:
    endless = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9.0,\n0.ts\n"
    url = podcast.answer("/radio.m3u8", endless, HLS)

    assert str(refusal(url, store)) == (
        f"{url} is a live stream, which has no end. Give a recording."
    )


def test_failure_to_write_is_not_the_tracks(
    podcast: Podcast, clips: list[Path], store: Store
) -> None:
    url = podcast.answer("/song.opus", clips[0].read_bytes())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(OSError, match="File too large") as caught:
            download(track(url), CONFIG, store)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert caught.value.errno == errno.EFBIG
    assert list(store.root.glob(".staging/*")) == []
