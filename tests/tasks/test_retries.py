import pytest
from prefect import flow

from tasks.caching import stage_task
from tasks.retries import retried_on

pytestmark = pytest.mark.usefixtures("prefect_server")


@pytest.mark.parametrize(("error", "tries"), [(ConnectionError, 3), (ValueError, 1)])
def test_only_what_may_pass_is_tried_again(error, tries):
    seen = []

    @stage_task(name="ask", **retried_on(ConnectionError))
    def ask() -> None:
        seen.append(error)
        raise error

    @flow
    def run():
        return {"asked": ask.with_options(retry_delay_seconds=0)(return_state=True)}

    assert run()["asked"].is_failed()
    assert len(seen) == tries
