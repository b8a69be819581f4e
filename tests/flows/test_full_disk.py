"""The command line on a disk that is full or read-only, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL

from resonance_core.store.store import Store
from tests.flows.test_cli import QUICK
from tests.small_disk import SmallDisk, small_disk

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]


def ingest(folder: Path, disk: SmallDisk) -> subprocess.CompletedProcess[str]:
    """Run the command as people do."""
    command = ("ingest", folder, "--name", "mine", "--json", *QUICK)
    return subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", *command],
        env={
            **os.environ,
            "RESONANCE_STORE": str(disk.folder / "store"),
            "PREFECT_API_URL": PREFECT_API_URL.value(),
        },
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )


def error_of(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Return the error that a command ended with, which is all that it may print."""
    assert (done.returncode, done.stderr.count("Traceback")) == (1, 0), done.stderr
    shown = json.loads(done.stdout)
    assert list(shown) == ["error"]  # and no tracks to blame
    return shown["error"]


def test_an_ingest_ends_where_the_disk_is_full_and_goes_on_where_it_was(folder, tmp_path):
    with small_disk(tmp_path / "disk", "size=64m") as disk:
        store = Store(disk.folder / "store")
        ended, free, held = set(), 0, set()
        while True:
            disk.leave(free)
            done = ingest(folder, disk)
            before, held = held, {record.key for record in store.records()}
            assert before <= held
            assert store.verify() == []
            assert list(store.root.glob(".staging/*")) == []
            if done.returncode == 0:
                break
            assert error_of(done) == {
                "type": "StoreError",
                "problem": f"the disk of the store {store.root} is full",
                "remedy": "Free some space and run again",
            }
            assert not (store.root / "playlists" / "mine.json").exists()
            ended.add(len(held))
            # After each step ahead there is little space again.
            free = 24 * 1024 if held > before else max(24 * 1024, 8 * free)
        result = json.loads(done.stdout)
        assert [track["status"] for track in result["tracks"]] == ["completed", "completed"]
        assert len(ended) >= 3
        assert result["cache"]["download"]["hits"] == 2

        assert disk.mount("remount,ro") == ""
        assert error_of(ingest(folder, disk))["problem"] == (
            f"the store {store.root} cannot be used (Read-only file system)"
        )
        assert store.verify() == []
        assert disk.mount("remount,rw") == ""
        again = json.loads(ingest(folder, disk).stdout)
        assert {stage for stage, count in again["cache"].items() if count["misses"]} == set()
