"""Running the ingest flow as benchmarks do: on the example playlist, with a server that is up."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prefect.testing.utilities import prefect_test_harness

from flows.ingest import ingest
from flows.results import IngestResult
from resonance_core.config import PipelineConfig

PLAYLIST = Path(__file__).parent.parent / "examples" / "playlist"


@contextmanager
def prefect_server() -> Iterator[None]:
    """Have flows run against a server with an empty database, started before the context."""
    with prefect_test_harness(server_startup_timeout=None):  # None: as the flows' settings say
        yield


@contextmanager
def cold_store() -> Iterator[None]:
    """Have flows use an empty store."""
    before = os.environ.get("RESONANCE_STORE")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RESONANCE_STORE"] = folder
        try:
            yield
        finally:
            del os.environ["RESONANCE_STORE"]
            if before is not None:
                os.environ["RESONANCE_STORE"] = before


def ingest_playlist(config: PipelineConfig) -> IngestResult:
    """Ingest the example playlist.

    Raises:
        RuntimeError: A track failed, so that the time would be that of less work.
    """
    result = ingest(str(PLAYLIST), "benchmark", config)
    if failed := [track for track in result.tracks if track.status != "completed"]:
        raise RuntimeError(f"{failed[0].title} was not ingested: {failed[0].reason}")
    return result
