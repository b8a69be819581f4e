"""Leases: on machines that share a bucket, one at a time does a piece of work.

Whoever wants to work announces it with a claim, an object of its own, and then lists the claims:
alone with its own it holds the lease, else it withdraws. As S3 lists what was written before, of
two that announce at once at least one sees the other. Writing only what is not there yet
(``If-None-Match``) would do with less, but not every S3 server heeds it.

A holder keeps changing its claim. One that stays the same for a minute belongs to a process that
was killed or a machine that is off, and whoever waits for it removes it. This compares no clocks.
"""

import platform
import random
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from resonance_core.errors import ResonanceError
from resonance_core.keys import sha256_text
from resonance_core.store.bucket import Bucket

LEASE_S = 60.0
"""How long a claim may stay the same before it counts as left, in seconds."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0


def owner_of(root: Path) -> str:
    """Return in whose name a store's folder on this machine asks for leases."""
    return sha256_text(f"{platform.node()} {uuid.getnode()} {root.absolute()}")[:16]


@contextmanager
def leased(bucket: Bucket, work: str, owner: str, lease_s: float = LEASE_S) -> Iterator[None]:
    """Hold the lease of a piece of work, waiting for it as long as another one works.

    Args:
        bucket: What the machines share.
        work: What is done, as an object's name.
        owner: Who does it (`owner_of`). Whoever asks holds the folder's own lock of this work, so
            what an owner left when it was killed holds up others, but not the owner itself.
        lease_s: How long a claim may stay the same, in seconds.

    Raises:
        ConfigError: The bucket cannot be written.
        StoreError: It does not answer.
    """
    claim = f".leases/{work}/{owner}"
    _acquire(bucket, claim, lease_s)
    ended = threading.Event()
    keeper = threading.Thread(target=_keep, args=(bucket, claim, lease_s, ended), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()
        with suppress(ResonanceError):  # others find it unchanged, and remove it
            bucket.remove(claim)


def _acquire(bucket: Bucket, claim: str, lease_s: float) -> None:
    folder = claim.rpartition("/")[0] + "/"
    while True:
        _write(bucket, claim)
        if bucket.objects(folder).keys() <= {claim}:
            return
        bucket.remove(claim)
        _wait_for_others(bucket, folder, lease_s)


def _wait_for_others(bucket: Bucket, folder: str, lease_s: float) -> None:
    """Wait until there are no claims, removing those that stay the same for too long."""
    seen: dict[tuple[str, str], float] = {}
    pause = FIRST_PAUSE_S
    while True:
        # By chance, or those that announced at once would do so again and again.
        time.sleep(random.uniform(0.5, 1.5) * pause)
        pause = min(2 * pause, LONGEST_PAUSE_S)
        claims = {(name, listed.etag) for name, listed in bucket.objects(folder).items()}
        if not claims:
            return
        now = time.monotonic()
        seen = {claim: seen.get(claim, now) for claim in claims}
        for (name, _), since in seen.items():
            if now - since > lease_s:
                bucket.remove(name)


def _keep(bucket: Bucket, claim: str, lease_s: float, ended: threading.Event) -> None:
    """Change a claim again and again until the work has ended."""
    while not ended.wait(lease_s / 4):
        with suppress(ResonanceError):  # the next time may go well
            _write(bucket, claim)


def _write(bucket: Bucket, claim: str) -> None:
    """Write a claim that differs from all before it."""
    bucket.put(claim, uuid.uuid4().bytes)
