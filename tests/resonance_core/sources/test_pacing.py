import threading
import time
from itertools import pairwise

import pytest

from resonance_core.errors import TrackError
from resonance_core.sources.pacing import Pacing, host_of

HOST = "music.example"


class Clock:
    """Time that passes where it is slept through."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("resonance_core.sources.pacing.time", clock)
    return clock


def test_turns_are_an_interval_apart_on_average_and_never_alike(clock: Clock) -> None:
    pacing = Pacing()
    turns = []
    for _ in range(200):
        pacing.wait(HOST, 2.0, 0.0)
        turns.append(clock.now)

    gaps = [late - early for early, late in pairwise(turns)]
    assert turns[0] == 1000.0
    assert min(gaps) >= 1.0
    assert max(gaps) <= 3.0
    assert sum(gaps) / len(gaps) == pytest.approx(2.0, abs=0.25)
    assert len(set(gaps)) > 100


def test_no_interval_and_another_host_wait_for_nothing(clock: Clock) -> None:
    pacing = Pacing()
    for host in (HOST, HOST, "other.example"):
        pacing.wait(host, 0.0, 0.0)
    pacing.wait(HOST, 2.0, 0.0)
    pacing.wait("other.example", 2.0, 0.0)

    assert clock.now == 1000.0


def test_work_since_the_last_turn_counts(clock: Clock) -> None:
    pacing = Pacing()
    pacing.wait(HOST, 2.0, 0.0)
    clock.now += 60.0
    pacing.wait(HOST, 2.0, 0.0)

    assert clock.now == 1060.0


def test_a_host_is_left_alone_for_as_long_as_it_asks(clock: Clock) -> None:
    pacing = Pacing()
    pacing.leave_alone(HOST, 40.0, 60.0)
    pacing.leave_alone(HOST, 10.0, 60.0)
    pacing.wait("other.example", 0.0, 60.0)
    assert clock.now == 1000.0

    pacing.wait(HOST, 0.0, 60.0)
    assert clock.now == 1040.0


def test_one_that_asks_for_too_long_is_named_with_the_time(clock: Clock) -> None:
    pacing = Pacing()
    with pytest.raises(TrackError) as caught:
        pacing.leave_alone(HOST, 3600.0, 300.0)
    assert str(caught.value) == (
        "music.example asks to be left alone for 3600 s, longer than the limit of 300 s in all. "
        "Run again then, or raise download.max_wait_s."
    )

    clock.now += 600.0
    with pytest.raises(TrackError, match="left alone for 3000 s, longer"):
        pacing.wait(HOST, 0.0, 300.0)
    pacing.wait(HOST, 0.0, 3600.0)
    assert clock.now == 4600.0


def test_one_that_asks_again_and_again_is_waited_for_no_longer_in_all(clock: Clock) -> None:
    pacing = Pacing()
    for _ in range(3):
        pacing.leave_alone(HOST, 100.0, 300.0)
        pacing.wait(HOST, 0.0, 300.0)
    with pytest.raises(TrackError, match="left alone for 100 s, longer than the limit of 300 s"):
        pacing.leave_alone(HOST, 100.0, 300.0)
    assert clock.now == 1300.0

    clock.now += 100.0  # whoever comes later may ask, and is told the same
    pacing.wait(HOST, 0.0, 300.0)
    with pytest.raises(TrackError):
        pacing.leave_alone(HOST, 100.0, 300.0)


@pytest.mark.parametrize("why", ["it gave something", "it was long ago"])
def test_what_a_host_asked_for_is_forgotten(clock: Clock, why: str) -> None:
    pacing = Pacing()
    pacing.leave_alone(HOST, 250.0, 300.0)
    pacing.wait(HOST, 0.0, 300.0)
    if why == "it gave something":
        pacing.answered(HOST)
    else:
        clock.now += 601.0
    pacing.leave_alone(HOST, 250.0, 300.0)
    before = clock.now
    pacing.wait(HOST, 0.0, 300.0)

    assert clock.now == before + 250.0


def test_threads_take_turns() -> None:
    pacing = Pacing()
    threads = [threading.Thread(target=pacing.wait, args=(HOST, 0.05, 0.0)) for _ in range(8)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert time.monotonic() - started >= 7 * 0.025


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Music.example/a/b?c=d://e", "music.example"),
        ("http://someone:secret@127.0.0.1:8000/x", "127.0.0.1:8000"),
        ("http://[::1]:80/x", "[::1]:80"),
        ("http://[no address/x", "[no address"),
        ("ytsearch:something", ""),
    ],
)
def test_host_of_an_address(url: str, host: str) -> None:
    assert host_of(url) == host
