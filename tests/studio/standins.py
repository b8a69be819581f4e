"""Stand-ins for the command of an ingest, which hear nothing."""

import sys

STATES = ("queued", "downloading", "preprocessing", "extracting", "uploading")
WALKS = """
import sys, time
from resonance_core.config import RuntimeConfig
from resonance_core.store.jobs import Job, running_job
from resonance_core.store.open import open_store
runtime, state = RuntimeConfig(), {state!r}
if state == "queued":
    time.sleep(300)
job = Job(id=runtime.job, request=runtime.request, source=sys.argv[-1])
with running_job(open_store(runtime.store), job) as running:
    running.list_tracks(["one", "two"])
    for done, after in (("downloaded", "preprocessing"), ("preprocessed", "extracting")):
        if {states!r}.index(state) >= {states!r}.index(after):
            for track in (0, 1):
                running.advance(track, done)
    if state == "uploading":
        running.move_to("uploading")
    time.sleep(300)
"""


def walks_to(state: str) -> tuple[str, ...]:
    """A command whose job comes as far as a state, and stays there."""
    return (sys.executable, "-c", WALKS.format(state=state, states=STATES))
