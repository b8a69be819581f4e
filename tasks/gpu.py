"""The limit of tasks that use a GPU at once, over all runs of a Prefect server.

A task asks for its slot when the core first uses the GPU, so what is found in the store waits for
nobody. That a GPU is held alone on its machine is the core's own concern; where the server has no
such limit, nothing is added to it.
"""

import functools
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from prefect.client.orchestration import get_client
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectNotFound

from resonance_core.gpu import asking_first

GPU = "gpu"
"""The name of the global concurrency limit."""
LEASE_S = 60
"""The slot of a task that died is free after this long, in seconds; Prefect takes no less."""

# A server whose slots are taken is asked again only after a while, which the GPU would lie idle.
# Among the tasks of one run this lock wastes no time.
_turn = threading.Lock()


def with_gpu_limit(stage: Callable[..., Any]) -> Callable[..., Any]:
    """Return a task's function that holds a slot of the limit from its first use of a GPU on."""

    @functools.wraps(stage)
    def limited(*args: Any, **kwargs: Any) -> Any:
        with ExitStack() as held, asking_first(functools.cache(functools.partial(_take, held))):
            return stage(*args, **kwargs)

    return limited


def _take(held: ExitStack) -> None:
    with get_client(sync_client=True) as client:
        try:
            client.read_global_concurrency_limit_by_name(GPU)
        except ObjectNotFound:
            return
    held.enter_context(_turn)
    held.enter_context(concurrency(GPU, lease_duration=LEASE_S))
