"""Machines that share a bucket are processes with a local folder each."""

import multiprocessing
import threading
from pathlib import Path

from resonance_core.keys import Stage
from resonance_core.store.bucket import open_bucket
from resonance_core.store.bucket_store import BucketStore

REQUEST = Stage(name="made", version=1).request({}, {})
LEASE_S = 1
SPAWN = multiprocessing.get_context("spawn")


def make(folder):
    (folder / "a.txt").write_text("content")
    return {}


def build_at_once(url: str, root: Path, together, made) -> None:
    def count(folder):
        made.put(root.name)
        return make(folder)

    together.wait()
    BucketStore(open_bucket(url), root).build(REQUEST, count)


def hang(url: str, root: Path, began) -> None:
    def wait_for_ever(folder):
        began.set()
        threading.Event().wait()
        return make(folder)

    BucketStore(open_bucket(url), root, LEASE_S).build(REQUEST, wait_for_ever)


def test_two_machines_that_want_the_same_thing_make_it_once(rclone_url, tmp_path):
    together, made = SPAWN.Barrier(2), SPAWN.Queue()
    shared = (together, made)
    process = SPAWN.Process(target=build_at_once, args=(rclone_url, tmp_path / "one", *shared))
    process.start()
    build_at_once(rclone_url, tmp_path / "two", *shared)
    process.join()
    assert process.exitcode == 0
    assert made.get(timeout=20) in ("one", "two")
    assert made.empty()
    (_, _) = open_bucket(rclone_url).objects()


def test_the_work_of_a_machine_that_died_is_taken_over(rclone_url, tmp_path):
    began = SPAWN.Event()
    process = SPAWN.Process(target=hang, args=(rclone_url, tmp_path / "one", began))
    process.start()
    assert began.wait(60)
    process.kill()
    process.join()
    two = BucketStore(open_bucket(rclone_url), tmp_path / "two", LEASE_S)
    assert not two.build(REQUEST, make).hit
    assert not any(name.startswith(".") for name in two.bucket.objects())
