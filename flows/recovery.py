"""What runs leave behind that were killed, and how it is put in order."""

from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed

from resonance_core.config import RuntimeConfig
from resonance_core.store.jobs import LOST, close_lost_jobs
from resonance_core.store.open import open_store
from resonance_core.store.store import Store


def recover(store: Store) -> None:
    """Close the jobs of runs that were killed, here and in Prefect, and remove their remains.

    Raises:
        StoreError: The store cannot be written.
    """
    for job in close_lost_jobs(store):
        if job.run is not None:
            _close_run(UUID(job.run))
    store.sweep()


def clean_up(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Recover after a run that did not end well; a hook of flows that work on the store."""
    recover(open_store(RuntimeConfig().store))


def _close_run(flow_run_id: UUID) -> None:
    with get_client(sync_client=True) as client:
        try:
            run = client.read_flow_run(flow_run_id)
        except ObjectNotFound:
            return  # of another server's
        if run.state is None or not run.state.is_final():
            client.set_flow_run_state(flow_run_id, Crashed(message=LOST), force=True)
