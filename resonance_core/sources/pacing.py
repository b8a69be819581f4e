"""Manners: when a host may be asked again, by whichever thread."""

import random
import threading
import time

from resonance_core.errors import TrackError

FORGIVEN_S = 600.0
"""After how many seconds without it the next request to be left alone counts as the first."""


def host_of(url: str) -> str:
    """Return an address's host and port, without parsing, for it may be no address at all."""
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].lower()


class Pacing:
    """What the hosts that were asked so far are due."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}
        """When the next one may ask, by the monotonic clock, as all times here."""
        self._left_alone: dict[str, tuple[float, float]] = {}
        """Since when a host has sent everyone away, and until when."""

    def wait(self, host: str, interval_s: float, max_wait_s: float) -> None:
        """Wait until it is one's turn to ask a host.

        Args:
            host: Which one.
            interval_s: How far the next one's turn is, in seconds, on average.
            max_wait_s: How long the host may send everyone away, in seconds.

        Raises:
            TrackError: It does so for longer.
        """
        while True:
            with self._lock:
                now = time.monotonic()
                since, until = self._left_alone.get(host, (now, now))
                if until > now:
                    _check(host, until - now, until - since, max_wait_s)
                turn = max(until, self._next.get(host, now))
                if turn <= now:
                    self._next[host] = now + interval_s * random.uniform(0.5, 1.5)
                    return
            time.sleep(turn - now)

    def leave_alone(self, host: str, wait_s: float, max_wait_s: float) -> None:
        """Let nobody ask a host for some seconds, because it said so.

        Raises:
            TrackError: It sends everyone away for longer than ``max_wait_s``.
        """
        with self._lock:
            now = time.monotonic()
            since, until = self._left_alone.get(host, (now, now))
            if now - until > FORGIVEN_S:
                since = now
            until = max(until, now + wait_s)
            self._left_alone[host] = since, until
        _check(host, until - now, until - since, max_wait_s)

    def answered(self, host: str) -> None:
        """Forget that a host sent people away: it has now given something."""
        with self._lock:
            self._left_alone.pop(host, None)


def _check(host: str, left_s: float, total_s: float, max_wait_s: float) -> None:
    if total_s > max_wait_s:
        raise TrackError(
            f"{host} asks to be left alone for {left_s:.0f} s, longer than the limit of "
            f"{max_wait_s:.0f} s in all",
            "Run again then, or raise download.max_wait_s",
        )


PACING = Pacing()
"""Of this process."""
