import threading
import time

import pytest

from resonance_core.store.bucket import open_bucket
from resonance_core.store.lease import leased, owner_of

CLAIM = ".leases/work/other"


def test_one_at_a_time_holds_a_lease(bucket):
    holders, most, holding = [], [], threading.Lock()

    def work(owner: str) -> None:
        with leased(bucket, "work", owner):
            with holding:
                holders.append(owner)
                most.append(len(holders))
            time.sleep(0.05)  # long enough to be seen by one that does not wait
            with holding:
                holders.remove(owner)

    threads = [threading.Thread(target=work, args=(f"owner-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]
    assert bucket.objects() == {}


def test_different_work_is_done_at_once(bucket):
    with leased(bucket, "one", "a"), leased(bucket, "two", "b"):
        assert set(bucket.objects()) == {".leases/one/a", ".leases/two/b"}


def test_a_lease_is_given_back_after_an_error(bucket):
    with pytest.raises(RuntimeError), leased(bucket, "work", "a"):
        raise RuntimeError
    assert bucket.objects() == {}


def test_what_an_owner_left_when_it_was_killed_does_not_hold_it_up(bucket):
    bucket.put(".leases/work/mine", b"3")
    began = time.monotonic()
    with leased(bucket, "work", "mine"):
        assert time.monotonic() - began < 10


def test_what_others_left_when_they_were_killed_is_removed_after_a_while(bucket):
    bucket.put(CLAIM, b"3")
    began = time.monotonic()
    with leased(bucket, "work", "mine", lease_s=0.5):
        assert time.monotonic() - began >= 0.5
        assert set(bucket.objects()) == {".leases/work/mine"}


def test_one_that_works_for_long_keeps_its_lease(rclone_url):
    bucket = open_bucket(rclone_url)
    acquired = threading.Event()

    def wait_for_it() -> None:
        with leased(bucket, "work", "waits", lease_s=2):
            acquired.set()

    waiting = threading.Thread(target=wait_for_it)
    with leased(bucket, "work", "works", lease_s=2):
        waiting.start()
        assert not acquired.wait(3)
    assert acquired.wait(20)
    waiting.join()


def test_folders_and_machines_have_names_of_their_own(tmp_path, monkeypatch):
    names = {owner_of(tmp_path / "a"), owner_of(tmp_path / "b")}
    monkeypatch.setattr("platform.node", lambda: "elsewhere")
    assert len(names | {owner_of(tmp_path / "a")}) == 3
    assert owner_of(tmp_path / "a") == owner_of(tmp_path / "a")
