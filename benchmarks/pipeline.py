"""Running the ingest flow as benchmarks do: on a playlist of songs, with a server that is up."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.testing.utilities import prefect_test_harness

from flows.ingest import ingest
from flows.results import IngestResult
from flows.settings import DEFAULTS, Settings

CLIPS = Path(__file__).parent.parent / "examples" / "playlist"


@contextmanager
def prefect_server() -> Iterator[None]:
    """Have flows run against a server with an empty database, started before the context.

    As where ``resonance ingest`` starts a server of its own, it is sent no heartbeat.
    """
    with (
        prefect_test_harness(server_startup_timeout=None),  # None: as the flows' settings say
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
    ):
        yield


@contextmanager
def song_playlist(songs: int) -> Iterator[Path]:
    """Have a folder of songs of usual length: the example's clips, in turn from another one on.

    The clips themselves are excerpts of 45 s, so that what is done once a track would weigh
    more in a benchmark than it does for anybody.
    """
    clips = sorted(CLIPS.glob("*.opus"))
    with tempfile.TemporaryDirectory() as folder:
        for song in range(songs):
            join([*clips[song:], *clips[:song]], Path(folder) / f"song-{song}.opus")
        yield Path(folder)


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


def ingest_playlist(playlist: Path, settings: Settings = DEFAULTS) -> IngestResult:
    """Ingest a folder.

    Raises:
        RuntimeError: A track failed, so that the time would be that of less work.
    """
    result = ingest(str(playlist), "benchmark", settings)
    if failed := [track for track in result.tracks if track.status != "completed"]:
        raise RuntimeError(f"{failed[0].title} was not ingested: {failed[0].reason}")
    return result


def join(clips: list[Path], target: Path, first: int = 0) -> None:
    """Write the packets of several files one after another, without encoding them again.

    Args:
        clips: The files.
        target: What is written.
        first: The packet that each file begins with; those before it come last.
    """
    with av.open(str(target), "w") as output:
        stream, end = None, 0
        for clip in clips:
            with av.open(str(clip)) as source:
                stream = stream or output.add_stream_from_template(source.streams.audio[0])
                packets = [packet for packet in source.demux(audio=0) if packet.duration]
                for packet in [*packets[first:], *packets[:first]]:
                    packet.stream = stream
                    packet.pts = packet.dts = end
                    end += packet.duration or 0
                    output.mux(packet)
