"""What the stack asks of its Prefect server."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate, WorkPoolCreate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.states import Cancelled, Cancelling, Crashed
from prefect.workers.process import ProcessWorker

from flows.subflows import WORKING, end, in_states, subflows
from tasks.gpu import GPU

POOL = "resonance"


def prepare(client: SyncPrefectClient) -> None:
    """Have the work pool, and the limit of tasks that use a GPU; what there is stays as it is."""
    template = ProcessWorker.get_default_base_job_template()
    pool = WorkPoolCreate(name=POOL, type=ProcessWorker.type, base_job_template=template)
    with suppress(ObjectAlreadyExists):
        client.create_work_pool(pool)
    try:
        client.read_global_concurrency_limit_by_name(GPU)
    except ObjectNotFound:
        client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=GPU, limit=1))


def has_worker(client: SyncPrefectClient, since: float) -> bool:
    """Return whether a worker has been heard of since a Unix time."""
    heard = (worker.last_heartbeat_time for worker in client.read_workers_for_work_pool(POOL))
    return any(time is not None and time.timestamp() > since for time in heard)


def cancel_runs(client: SyncPrefectClient, patience_s: float) -> None:
    """Cancel what the worker works on, and wait until it has ended; its hooks clean up."""
    stopped: State[None] = Cancelling(message="Stopped with the worker")
    deadline = time.monotonic() + patience_s
    asked: list[UUID] = []
    while (runs := _runs(client)) and time.monotonic() < deadline:
        for run in runs:
            if run.id not in asked:
                client.set_flow_run_state(run.id, stopped)
                asked.append(run.id)
        time.sleep(0.3)
    end(client, subflows(client, asked), Cancelled(message="Stopped with the worker"))


def close_lost_runs(client: SyncPrefectClient) -> None:
    """Put in order, while there is no worker, what looks as if there were one.

    Runs that seem to be worked on have crashed. Those that a schedule wanted meanwhile are
    cancelled, or they would all start with the next worker.
    """
    end(client, _runs(client), Crashed(message="Its worker is gone"))
    missed: State[None] = Cancelled(message="No worker ran when it was due")
    for run in _runs(client, StateType.SCHEDULED):
        due = run.next_scheduled_start_time
        if run.auto_scheduled and due is not None and due < datetime.now(UTC):
            client.set_flow_run_state(run.id, missed, force=True)


def _runs(client: SyncPrefectClient, *states: StateType) -> list[FlowRun]:
    pool = WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL]))
    return client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=in_states(*states or WORKING)), work_pool_filter=pool
    )
