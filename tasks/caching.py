"""How a task tells Prefect whether its result was found or made.

Prefect's own result cache is switched off. A Prefect result record names the serializer it is
read with, so a record planted in the storage can ask for pickle and run code, whatever
serializer the task was given; and a hit there is never verified. The store's records are the
only cache, and a task that finds one ends in Prefect's state ``Cached``.
"""

from collections.abc import Callable
from typing import Any

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed

from resonance_core.store.records import Outcome
from tasks.gpu import with_gpu_limit


def stage_task(**options: Any) -> Callable[[Callable[..., Any]], Task[..., Any]]:
    """Return a decorator that makes a task of one stage, with the store as its only cache."""
    as_task = task(cache_policy=NO_CACHE, persist_result=False, **options)
    return lambda stage: as_task(with_gpu_limit(stage))


def stage_state(outcome: Outcome) -> State[Outcome]:
    """Return the Prefect state of a stage's outcome: ``Cached`` if it was found in the store."""
    return Completed(
        name="Cached" if outcome.hit else "Completed",
        message=f"{outcome.record.stage} {outcome.record.key[:12]}",
        data=outcome,
    )


def stage_states(outcomes: list[Outcome]) -> State[list[Outcome]]:
    """Return the Prefect state of outcomes of one stage: ``Cached`` if all of them were found."""
    keys = ", ".join(outcome.record.key[:12] for outcome in outcomes)
    return Completed(
        name="Cached" if all(outcome.hit for outcome in outcomes) else "Completed",
        message=f"{outcomes[0].record.stage} {keys}",
        data=outcomes,
    )
