import errno
import hashlib
import resource
import signal
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import av
import pytest

from resonance_core.config import DownloadConfig, ResolveConfig
from resonance_core.errors import TrackError
from resonance_core.sources.failures import TransientTrackError
from resonance_core.sources.playlist import TrackSource
from resonance_core.sources.resolve import resolve
from resonance_core.stages.download import download, original
from resonance_core.store.store import Store
from tests.podcast import Podcast, serving

CONFIG = DownloadConfig()


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
    episodes = resolve(podcast.feed(clips[:3]), ResolveConfig()).tracks
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
    assert [outcome.hit for outcome in outcomes] == [False, False, False]
    assert [outcome.hit for outcome in again] == [True, True, True]
    with pytest.raises(TrackError, match="longer than the limit of 40 s"):
        download(episodes[0], DownloadConfig(max_duration_s=40), store)
    assert store.verify() == []
    assert capfd.readouterr() == ("", "")


def test_audio_without_a_known_type_is_fetched(
    podcast: Podcast, clips: list[Path], store: Store
) -> None:
    url = podcast.answer("/download?id=7", clips[0].read_bytes(), "application/octet-stream")

    record = download(track(url), CONFIG, store).record

    assert record.info["sha256"] == hashlib.sha256(clips[0].read_bytes()).hexdigest()


def test_missing_episode_is_final(podcast: Podcast, store: Store) -> None:
    url = f"{podcast.address}/gone.opus"

    error = refusal(url, store)

    assert not isinstance(error, TransientTrackError)
    assert str(error) == f"{url} answered 404 Not Found. Check the address."


@pytest.mark.parametrize("status", [HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY])
def test_busy_server_may_pass(podcast: Podcast, store: Store, status: HTTPStatus) -> None:
    url = podcast.answer("/song.opus", b"", status=status)

    error = refusal(url, store)

    assert isinstance(error, TransientTrackError)
    assert str(error) == f"{url} answered {status.value} {status.phrase}. Try again later."


def test_host_that_refuses_may_pass(podcast: Podcast, store: Store) -> None:
    podcast.stop()

    error = refusal(f"{podcast.address}/song.opus", store)

    assert isinstance(error, TransientTrackError)
    assert "failed (Connection refused)" in error.problem


def test_download_that_breaks_off_may_pass(
    podcast: Podcast, clips: list[Path], store: Store
) -> None:
    url = podcast.answer("/song.opus", clips[0].read_bytes()[:5000], length=9000)

    error = refusal(url, store)

    assert isinstance(error, TransientTrackError)
    assert str(error) == (
        f"the download of {url} broke off: 5000 bytes read, 4000 more expected. "
        "Giving up after 1 retries. Try again later."
    )


def test_empty_answer_is_refused(podcast: Podcast, store: Store) -> None:
    url = podcast.answer("/song.opus", b"")

    assert "broke off: Did not get any data blocks" in refusal(url, store).problem


def test_what_is_no_audio_is_refused(podcast: Podcast, store: Store) -> None:
    text = podcast.answer("/text", b"hello there", "text/plain")
    page = podcast.answer("/page", b"<html></html>", "text/html")

    assert str(refusal(text, store)) == (
        f"{text} holds no audio that can be read. See that it plays elsewhere."
    )
    assert refusal(page, store).problem == f"yt-dlp finds no audio at {page}"


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

    error = refusal(url, store, DownloadConfig(max_duration_s=30.0))

    assert error.problem == f"{url} lasts 45 s, longer than the limit of 30 s"


def test_long_stream_without_a_length_in_its_header_is_refused(
    podcast: Podcast, clips: list[Path], store: Store, tmp_path: Path
) -> None:
    live = tmp_path / "live.webm"
    with av.open(str(clips[0])) as clip, av.open(str(live), "w", options={"live": "1"}) as copy:
        stream = copy.add_stream_from_template(clip.streams.audio[0])
        for packet in clip.demux(clip.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = stream
                copy.mux(packet)
    url = podcast.answer("/live.webm", live.read_bytes(), "audio/webm")

    error = refusal(url, store, DownloadConfig(max_duration_s=30.0))

    assert error.problem == f"{url} lasts 45 s, longer than the limit of 30 s"


def test_live_stream_is_refused(podcast: Podcast, store: Store) -> None:
    endless = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9.0,\n0.ts\n"
    url = podcast.answer("/radio.m3u8", endless, "application/vnd.apple.mpegurl")

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
