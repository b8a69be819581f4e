import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from resonance_core.store.open import open_store
from resonance_core.store.playlists import load_entry
from tests.quick import LITTLE

COMMAND = [sys.executable, "-c", "from flows.cli import main; main()", "ingest"]
QUICK = [
    *("--set", "chunk.length_s=4", "--set", "chunk.hop_s=20"),
    *("--set", "calibrate.duration_s=0.5", "--set", "calibrate.strengths=[0, 1, 2]"),
    *LITTLE,
]


@pytest.mark.slow
def test_two_workers_with_one_bucket_do_every_stage_once(folder, rclone_url, tmp_path):
    def start(worker: str) -> subprocess.Popen[bytes]:
        own = {"XDG_CACHE_HOME": str(tmp_path / worker), "RESONANCE_STORE": rclone_url}
        return subprocess.Popen(
            [*COMMAND, folder, "--name", "mine", "--json", *QUICK],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            env={**os.environ, **own},
        )

    started = [start(worker) for worker in ("one", "two")]
    one, two = (json.loads(process.communicate()[0]) for process in started)
    assert one["direction"] == two["direction"]
    misses = Counter({stage: count["misses"] for stage, count in one["cache"].items()})
    misses.update({stage: count["misses"] for stage, count in two["cache"].items()})
    store = open_store(rclone_url)
    held = Counter(record.stage for record in store.records())
    assert misses == {stage: held[stage] for stage in misses}
    assert misses["extract"] == 2
    assert store.verify() == []
    assert load_entry(store, "mine").direction.key == one["direction"]["key"]
