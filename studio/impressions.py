"""Quick impressions: what a playlist is like, without the model."""

import sys
from collections.abc import Sequence

from resonance_core.store.jobs import Job
from studio.processes import Processes

COMMAND = (sys.executable, "-m", "flows.cli", "describe", "--json")


class Impressions(Processes):
    """The descriptions that go on; the name of each is its describer's.

    Whoever submits one has agreed to what its describer is sent.
    """

    kind = "impression"

    def command(self, job: Job) -> Sequence[str]:
        """Return what to run for an impression."""
        assert job.name is not None
        return (*COMMAND, "--yes", "--with", job.name)
