from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import torch
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.concurrency.sync import concurrency

from resonance_core.gpu import exclusive
from tasks.caching import stage_task
from tasks.gpu import GPU

pytestmark = pytest.mark.usefixtures("prefect_server")


def taken() -> int:
    """How many slots of the limit are taken."""
    with get_client(sync_client=True) as client:
        return client.read_global_concurrency_limit_by_name(GPU).active_slots


@pytest.fixture(autouse=True)
def _gpus(monkeypatch, tmp_path):
    """GPUs that may not be there, with locks of their own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    named = lambda device: SimpleNamespace(uuid=str(device))  # noqa: E731
    monkeypatch.setattr(torch.cuda, "get_device_properties", named)


@pytest.fixture
def _limit(prefect_server) -> Iterator[None]:
    """A server with the limit."""
    with get_client(sync_client=True) as client:
        client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=GPU, limit=1))
        yield
        client.delete_global_concurrency_limit_by_name(GPU)


@stage_task(name="listen")
def listen(device: str, times: int) -> list[int]:
    """Use a device some times, and return how many slots were taken before and meanwhile."""
    seen = [taken()]
    for _ in range(times):
        with exclusive(torch.device(device)):
            seen.append(taken())
    return seen


@pytest.mark.usefixtures("_limit")
def test_a_slot_is_held_from_the_first_use_of_a_gpu_to_the_end_of_the_task():
    @flow
    def run():
        return listen("cuda:7", 3)

    assert run() == [0, 1, 1, 1]
    assert taken() == 0


@pytest.mark.usefixtures("_limit")
def test_who_needs_a_gpu_waits_for_a_slot_and_who_does_not_need_one_does_not():
    @flow
    def run():
        with concurrency(GPU):
            waiting = listen.submit("cuda:7", 1)
            assert listen("cpu", 1) == [1, 1]
            assert listen("cuda:7", 0) == [1]
            assert not waiting.state.is_completed()
        return waiting.result()

    assert run() == [1, 1]


def test_without_the_limit_nothing_is_waited_for(caplog):
    @stage_task(name="use")
    def use() -> None:
        with exclusive(torch.device("cuda:7")):
            pass

    @flow
    def run():
        return use(return_state=True)

    assert run().is_completed()
    assert "skipping acquisition" not in caplog.text
