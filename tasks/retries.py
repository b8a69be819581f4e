"""Retries: what another try may change is tried again, and nothing else."""

from typing import Any

from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import exponential_backoff


def retried_on(*errors: type[Exception]) -> dict[str, Any]:
    """Return the options of a task that is tried twice more when it fails with one of these."""

    def may_pass(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
        return isinstance(state.result(raise_on_failure=False), errors)

    return {
        "retries": 2,
        "retry_delay_seconds": exponential_backoff(backoff_factor=2),
        "retry_jitter_factor": 0.5,
        "retry_condition_fn": may_pass,
    }
