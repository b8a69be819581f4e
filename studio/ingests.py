"""Ingests: each is a flow run."""

import sys
from collections.abc import Sequence

from resonance_core.store.jobs import Job
from studio.processes import Processes

COMMAND = (sys.executable, "-m", "flows.cli", "ingest", "--json")


class Ingests(Processes):
    """The ingests that go on; the name of each is the playlist's, by default after its title."""

    kind = "ingest"

    def command(self, job: Job) -> Sequence[str]:
        """Return what to run for an ingest."""
        return COMMAND if job.name is None else (*COMMAND, "--name", job.name)
