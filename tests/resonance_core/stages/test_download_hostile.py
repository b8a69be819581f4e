"""Downloads from a host that means no good."""

import hashlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from resonance_core.config import DownloadConfig, ResolveConfig
from resonance_core.errors import TrackError, TransientTrackError
from resonance_core.sources import ytdlp
from resonance_core.sources.playlist import TrackSource
from resonance_core.sources.resolve import resolve
from resonance_core.stages.download import download, original
from resonance_core.store.store import Store
from tests.hostile import Hostile, hostile

LIMITS = DownloadConfig(
    interval_s=0, max_bytes=2_000_000, max_duration_s=60, timeout_s=12, max_wait_s=30
)
BLOCK_BYTES = 4 * 1024**2
"""The most that yt-dlp reads at once, and so by how much it may overshoot."""

PATIENCE = "Check the address and the network, or try again later."
PLACE = "Give the address of a track, a playlist or a podcast feed."
REASONS = {
    # First, for the others end while it goes on.
    "trickling.opus": (
        "{url} did not arrive within 12 s, only some kB of it. "
        "Raise download.timeout_s, unless it has no end."
    ),
    "forbidden.opus": "{url} answered 403 Forbidden. Check the address.",
    "gone.opus": "{url} answered 404 Not Found. Check the address.",
    "broken.opus": "{url} answered 500 Internal Server Error. Try again later.",
    "silent.opus": f"the connection to {{host}} failed (timed out). {PATIENCE}",
    "silent-in-headers.opus": f"the connection to {{host}} failed (timed out). {PATIENCE}",
    "silent-in-body.opus": "the download of {url} broke off: Read timed out. Try again later.",
    "truncated.opus": (
        "the download of {url} broke off: 313533 bytes read, 313533 more expected. Try again later."
    ),
    "empty.opus": (
        "the download of {url} broke off: Did not get any data blocks. Try again later."
    ),
    "page": f"yt-dlp finds no audio at {{url}}. {PLACE}",
    "page-as-audio.opus": "{url} holds no audio that can be read. See that it plays elsewhere.",
    "endless-page": f"the page {{url}} is larger than 32 MB. {PLACE}",
    "page-bomb": f"the page {{url}} is larger than 32 MB. {PLACE}",
    "bomb.opus": "{url} is larger than the limit of 2 MB. Raise download.max_bytes.",
    "endless.mp3": "{url} is larger than the limit of 2 MB. Raise download.max_bytes.",
    "huge.mp3": "{url} is larger than the limit of 2 MB. Raise download.max_bytes.",
    "circle.mp3": "{url} redirects without end. Check the address.",
}
WORST = ["trickling.opus", "silent-in-body.opus", "truncated.opus", "endless-page", "huge.mp3"]
PASSING = ["broken", "silent", "silent-in-headers", "silent-in-body", "truncated", "empty"]
GOOD = ("good.opus", "mislabelled.opus", "unlabelled")


@pytest.fixture
def host(clips: list[Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Hostile]:
    monkeypatch.setattr(ytdlp, "SILENCE_S", 2.0)
    with hostile(clips[0]) as host:
        yield host


def track(host: Hostile, name: str) -> TrackSource:
    return TrackSource(position=0, title=name, url=f"{host.address}/{name}", duration_s=None)


class Watch(threading.Thread):
    """Sees how large the folders of unfinished work become."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.peak = 0
        self._store = store
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.01):
            for folder in self._store.root.glob(".staging/*"):
                with suppress(FileNotFoundError):  # it has just been finished
                    size = sum(file.stat().st_size for file in folder.glob("*/*"))
                    self.peak = max(self.peak, size)

    def __enter__(self) -> "Watch":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


@pytest.mark.parametrize(
    ("bad", "good"), [(WORST, GOOD[:1]), pytest.param(REASONS, GOOD, marks=pytest.mark.slow)]
)
def test_every_track_ends_in_time_and_within_its_limits_with_a_reason(
    host: Hostile,
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    bad: Iterable[str],
    good: Iterable[str],
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    names = [*bad, *good]
    listed = tmp_path / "all.m3u"
    listed.write_text("".join(f"#EXTINF:-1,{name}\n{host.address}/{name}\n" for name in names))
    tracks = resolve(str(listed), ResolveConfig(max_tracks=len(names))).tracks
    found: dict[str, str | TrackError] = {}

    def take(track: TrackSource) -> None:
        try:
            found[track.title] = download(track, LIMITS, store).record.info["sha256"]
        except TrackError as error:
            found[track.title] = error

    others = set(psutil.Process().children(recursive=True))  # of other tests
    started = time.monotonic()
    with Watch(store) as watch, ThreadPoolExecutor(4) as pool:
        list(pool.map(take, tracks))

    said = {name: re.sub("only [0-9]+ kB", "only some kB", str(one)) for name, one in found.items()}
    place = {"host": host.address.removeprefix("http://")}
    assert said == {
        **{name: REASONS[name].format(url=f"{host.address}/{name}", **place) for name in bad},
        **dict.fromkeys(good, hashlib.sha256(host.clip).hexdigest()),
    }
    passing = {name for name, one in found.items() if isinstance(one, TransientTrackError)}
    assert passing == {f"{name}.opus" for name in PASSING} & set(names)
    assert time.monotonic() - started < 90
    assert len(host.clip) <= watch.peak <= LIMITS.max_bytes + BLOCK_BYTES
    assert set(psutil.Process().children(recursive=True)) <= others
    assert list(store.root.glob(".staging/*")) == []
    assert list(temporary.iterdir()) == []
    assert {original(store, record).read_bytes() for record in store.records()} == {host.clip}


@pytest.mark.parametrize(
    ("name", "answer"),
    [("busy.opus", "429 Too Many Requests"), ("busy-until.opus", "503 Service Unavailable")],
)
def test_a_busy_host_is_left_alone_and_then_asked_again(
    host: Hostile, store: Store, name: str, answer: str
) -> None:
    with pytest.raises(TransientTrackError, match=rf"answered {answer}\. Try again in [1-3] s\."):
        download(track(host, name), LIMITS, store)
    told = time.monotonic()

    assert download(track(host, name), LIMITS, store).record.info["bytes"] == len(host.clip)
    assert time.monotonic() - told > 0.9


def test_a_host_that_is_busy_for_an_hour_is_asked_once(host: Hostile, store: Store) -> None:
    name = host.address.removeprefix("http://")
    with pytest.raises(TrackError) as told:
        download(track(host, "busy-for-an-hour.opus"), LIMITS, store)
    with pytest.raises(TrackError) as known:
        download(track(host, "good.opus"), LIMITS, store)

    asks = f"{name} asks to be left alone for 3600 s, longer than the limit of 30 s in all"
    remedy = "Run again then, or raise download.max_wait_s"
    assert str(told.value) == (
        f"{host.address}/busy-for-an-hour.opus answered 429 Too Many Requests; {asks}. {remedy}."
    )
    assert str(known.value).endswith(f"longer than the limit of 30 s in all. {remedy}.")
    assert not isinstance(told.value, TransientTrackError)
    assert not isinstance(known.value, TransientTrackError)
    assert not host.asked("/good.opus").is_set()


def test_a_run_that_is_killed_leaves_no_yt_dlp_behind(host: Hostile, store: Store) -> None:
    code = (
        "from pathlib import Path\n"
        "from resonance_core.config import DownloadConfig\n"
        "from resonance_core.sources.playlist import TrackSource\n"
        "from resonance_core.stages.download import download\n"
        "from resonance_core.store.store import Store\n"
        f"url = '{host.address}/trickling.opus'\n"
        "track = TrackSource(position=0, title='x', url=url, duration_s=None)\n"
        f"download(track, DownloadConfig(), Store(Path({str(store.root)!r})))\n"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as run:
        assert host.asked("/trickling.opus").wait(60)
        started = psutil.Process(run.pid).children(recursive=True)
        os.kill(run.pid, signal.SIGKILL)

        psutil.wait_procs(started, timeout=10)
        assert len(started) == 2  # yt-dlp and its watchdog
        assert not [one for one in started if one.is_running() and one.status() != "zombie"]
