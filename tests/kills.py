"""Ingests are killed at random moments and run again: is the end the same, and is nothing left?

``python -m tests.kills --times 50`` prints a line a kill, and fails where a promise is broken.
"""

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil

from resonance_core.store.jobs import FINAL, list_jobs
from resonance_core.store.store import Store
from tests.podcast import serving
from tests.quick import LITTLE

CLIPS = sorted((Path(__file__).parent.parent / "examples" / "playlist").glob("*.opus"))[:3]
SETTINGS = (
    *("--set", "chunk.length_s=4", "--set", "chunk.hop_s=4"),
    *("--set", "calibrate.duration_s=0.5", "--set", "calibrate.strengths=[0, 1, 2]"),
    *LITTLE,
)
GONE_WITHIN_S = 20.0
"""How long processes may go on whose ingest was killed, in seconds."""


class Ingest:
    """An ingest of a podcast of three episodes by a process of its own, into one store."""

    def __init__(self, feed: str, folder: Path, home: Path) -> None:
        self.store = Store(folder / "store")
        self._home = home
        self._log = folder / "log"
        self._command = [
            *(str(Path(sys.executable).with_name("resonance")), "ingest", feed, "--json"),
            *("--name", "killed", "--store", str(self.store.root), *SETTINGS),
        ]

    def run(self) -> tuple[str, float]:
        """Run it to its end; return the digest of the direction, and the seconds it took."""
        started = time.monotonic()
        with self._log.open("w") as log:
            done = subprocess.run(
                self._command, stdout=subprocess.PIPE, stderr=log, env=self._environment()
            )
        if done.returncode != 0:
            raise AssertionError(f"the ingest failed: {self._log.read_text()}")
        key = json.loads(done.stdout)["direction"]["key"]
        digest = self.store.get(key).digest("direction.safetensors")
        return digest, time.monotonic() - started

    def kill_after(self, seconds: float) -> str:
        """Start it, kill it, wait until what it had started is gone; return what it was at."""
        with self._log.open("w") as log:
            process = subprocess.Popen(
                self._command, stdout=log, stderr=log, env=self._environment()
            )
        time.sleep(seconds)
        try:
            started = psutil.Process(process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            started = []
        process.kill()
        process.wait()
        _, alive = psutil.wait_procs(started, timeout=GONE_WITHIN_S)
        if alive:
            raise AssertionError(f"processes were left behind: {[one.cmdline() for one in alive]}")
        jobs = list_jobs(self.store)
        return jobs[0].state if jobs else "starting"

    def made(self) -> dict[str, str]:
        """Return when each artifact was made, by stage and key."""
        return {f"{one.stage}/{one.key}": str(one.created_at) for one in self.store.records()}

    def remains(self) -> list[str]:
        """Return what no ended run may leave: half-made files, locks, unfinished jobs and runs."""
        hidden = [
            str(path)
            for folder in (".staging", ".locks")
            for path in (self.store.root / folder).glob("*")
        ]
        jobs = [job.id for job in list_jobs(self.store) if job.state not in FINAL]
        with closing(sqlite3.connect(self._home / "prefect.db")) as database:
            query = "select name from flow_run where state_type = 'RUNNING'"
            running = [name for (name,) in database.execute(query)]
        return hidden + jobs + running

    def _environment(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("PREFECT_")}
        return {**kept, "PREFECT_HOME": str(self._home), "RESONANCE_DEVICE": "cpu"}


@contextmanager
def _ingests() -> Iterator[Iterator[Ingest]]:
    """Have the same ingest into one new store after another."""
    with serving() as podcast, tempfile.TemporaryDirectory() as folder:
        feed = podcast.feed(CLIPS)

        def new() -> Iterator[Ingest]:
            number = 0
            while True:
                place = Path(folder) / str(number)
                place.mkdir()
                yield Ingest(feed, place, Path(folder) / "prefect")
                number += 1

        yield new()


def kill_and_rerun(times: int, seed: int = 0) -> Counter[str]:
    """Kill ingests at random moments, run each again, and hold the end against the promises.

    Args:
        times: How many are killed.
        seed: Of the moments.

    Returns:
        How many were killed at each state of their job.

    Raises:
        AssertionError: A promise is broken.
    """
    moments = random.Random(seed)
    killed_at: Counter[str] = Counter()
    with _ingests() as ingests:
        next(ingests).run()  # makes Prefect's database, which the others find
        digest, whole_s = next(ingests).run()
        for number in range(times):
            ingest = next(ingests)
            moment = moments.uniform(0, whole_s)
            state = ingest.kill_after(moment)
            before = ingest.made()
            again, seconds = ingest.run()
            after = ingest.made()
            assert again == digest, f"killed after {moment:.2f} s: another direction"
            redone = {key for key, made_at in before.items() if after[key] != made_at}
            assert not redone, f"killed after {moment:.2f} s: {redone} made twice"
            assert not ingest.remains(), f"killed after {moment:.2f} s: {ingest.remains()} left"
            assert ingest.store.verify() == []
            killed_at[state] += 1
            print(
                f"{number + 1}: killed after {moment:.1f} s while {state}, {len(before)} of "
                f"{len(after)} results kept, ran again in {seconds:.1f} s",
                flush=True,
            )
    return killed_at


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print(dict(kill_and_rerun(arguments.times, arguments.seed)))
