from uuid import uuid4

import pytest
from prefect.client.schemas.objects import TaskRun
from prefect.states import Failed

from resonance_core.errors import StoreError, TrackError, TransientTrackError
from tasks.download import download


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (TransientTrackError("the host is busy"), True),
        (TrackError("the video is private"), False),
        (StoreError("the disk is full"), False),
        (ValueError("a bug"), False),
    ],
)
def test_only_what_may_pass_is_tried_again(error: Exception, again: bool) -> None:
    run = TaskRun(task_key="download", dynamic_key="0", flow_run_id=uuid4())

    assert download.retry_condition_fn is not None
    assert download.retry_condition_fn(download, run, Failed(data=error)) is again


def test_each_try_waits_longer_and_none_as_long_as_another_tracks() -> None:
    assert download.retries == 2
    assert download.retry_delay_seconds == [2, 4]
    assert download.retry_jitter_factor == 0.5
