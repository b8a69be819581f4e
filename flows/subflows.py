"""Runs that nobody works on any more: how they are ended, with the runs that they started."""

from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterParentFlowRunId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import Cancelled, Crashed

WORKING = (StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)


def end_subflows(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """End a run's subflows as it ended, which Prefect does not; a hook of flows that have some."""
    message = f"The run of {flow.name} that started it has ended"
    crashed = state.is_crashed()
    ended: State[None] = Crashed(message=message) if crashed else Cancelled(message=message)
    with get_client(sync_client=True) as client:
        end(client, subflows(client, [flow_run.id]), ended)


def end(client: SyncPrefectClient, runs: list[FlowRun], state: State[None]) -> None:
    """End runs that nobody works on, and their subflows, which Prefect leaves as they are."""
    while runs:
        for run in runs:
            client.set_flow_run_state(run.id, state, force=True)
        runs = subflows(client, [run.id for run in runs])


def subflows(client: SyncPrefectClient, parents: list[UUID]) -> list[FlowRun]:
    """Return the subflows of runs that look as if they were worked on."""
    of = FlowRunFilterParentFlowRunId(any_=parents)
    return client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=in_states(*WORKING), parent_flow_run_id=of)
    )


def in_states(*states: StateType) -> FlowRunFilterState:
    """Return the filter of runs that are in one of some states."""
    return FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states)))
