"""What the stack asks of its Prefect server."""

import time
from contextlib import suppress
from datetime import UTC, datetime

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate, WorkPoolCreate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterParentFlowRunId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import ObjectAlreadyExists
from prefect.states import Cancelled, Cancelling, Crashed
from prefect.workers.process import ProcessWorker

from tasks.gpu import GPU

POOL = "resonance"
OURS = WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL]))
WORKING = (StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)


def prepare(client: SyncPrefectClient) -> None:
    """Have the work pool, and the limit of tasks that use a GPU; what there is stays as it is."""
    template = ProcessWorker.get_default_base_job_template()
    pool = WorkPoolCreate(name=POOL, type=ProcessWorker.type, base_job_template=template)
    with suppress(ObjectAlreadyExists):
        client.create_work_pool(pool)
    with suppress(ObjectAlreadyExists):
        client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=GPU, limit=1))


def has_worker(client: SyncPrefectClient, since: float) -> bool:
    """Return whether a worker has been heard of since a Unix time."""
    heard = (worker.last_heartbeat_time for worker in client.read_workers_for_work_pool(POOL))
    return any(time is not None and time.timestamp() > since for time in heard)


def cancel_runs(client: SyncPrefectClient, patience_s: float) -> None:
    """Cancel what the worker works on, and wait until it has ended; its hooks clean up."""
    deadline = time.monotonic() + patience_s
    while (runs := _runs(client, *WORKING)) and time.monotonic() < deadline:
        for run in runs:
            if run.state_type != StateType.CANCELLING:
                stopped: State[None] = Cancelling(message="Stopped with the worker")
                client.set_flow_run_state(run.id, stopped)
        time.sleep(0.3)


def close_lost_runs(client: SyncPrefectClient) -> None:
    """Put in order, while there is no worker, what looks as if there were one.

    Runs that seem to be worked on have crashed, with their subflows. Those that a schedule wanted
    meanwhile are cancelled, or they would all start with the next worker.
    """
    lost = _runs(client, *WORKING)
    while lost:
        for run in lost:
            client.set_flow_run_state(run.id, Crashed(message="Its worker is gone"), force=True)
        parents = FlowRunFilterParentFlowRunId(any_=[run.id for run in lost])
        lost = _runs(client, *WORKING, pool=None, parents=parents)
    for run in _runs(client, StateType.SCHEDULED):
        due = run.next_scheduled_start_time
        if run.auto_scheduled and due is not None and due < datetime.now(UTC):
            missed: State[None] = Cancelled(message="No worker ran when it was due")
            client.set_flow_run_state(run.id, missed, force=True)


def _runs(
    client: SyncPrefectClient,
    *states: StateType,
    pool: WorkPoolFilter | None = OURS,
    parents: FlowRunFilterParentFlowRunId | None = None,
) -> list[FlowRun]:
    state = FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states)))
    return client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=state, parent_flow_run_id=parents),
        work_pool_filter=pool,
    )
