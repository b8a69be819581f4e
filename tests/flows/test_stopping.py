import threading
import time

import pytest
from prefect import flow, task

from flows.stopping import tasks_end_with_it
from resonance_core.cancellation import check_wanted

STEP_S = 0.01


@pytest.mark.usefixtures("prefect_server")
def test_a_task_ends_at_its_next_step_once_its_flow_was_interrupted():
    works, steps = threading.Event(), []

    @task
    def work() -> None:
        works.set()
        for step in range(6000):  # a minute, which Prefect would wait for
            check_wanted()
            steps.append(step)
            time.sleep(STEP_S)

    @flow
    @tasks_end_with_it()
    def run() -> None:
        work.submit()
        works.wait(30)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    assert len(steps) < 1000


def test_what_ends_well_stops_nothing():
    with tasks_end_with_it():
        check_wanted()
    check_wanted()
