import pytest

from tests.kills import kill_and_rerun


@pytest.mark.slow
def test_an_ingest_that_was_killed_goes_on_where_it_was_and_leaves_nothing():
    assert kill_and_rerun(times=4, seed=1).total() == 4
