"""The stage that cuts a track into windows."""

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from resonance_core.audio.chunk import Window, windows
from resonance_core.config import ChunkConfig
from resonance_core.errors import TrackError
from resonance_core.keys import Stage
from resonance_core.stages.transcode import AUDIO
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store

CHUNK = Stage(name="chunk", version=1)
WINDOWS = "windows.json"
TABLE = TypeAdapter(list[Window])


def chunk(audio: Record, config: ChunkConfig, store: Store) -> Outcome:
    """Return a track's table of windows, making it if the store does not hold it.

    Args:
        audio: The record of the track's canonical audio.
        config: Length and hop of the windows.
        store: Where ``windows.json`` is kept; the record's info holds the number of ``chunks``.

    Raises:
        StoreError: The store cannot be written.
    """

    def make(directory: Path) -> dict[str, Any]:
        table = windows(audio.info["samples"], audio.info["sample_rate"], config)
        (directory / WINDOWS).write_bytes(TABLE.dump_json(table))
        return {"chunks": len(table)}

    return store.build(CHUNK.request(config, {"audio": audio.digest(AUDIO)}), make)


def load_windows(store: Store, record: Record) -> list[Window]:
    """Return the windows that ``chunk`` recorded.

    Raises:
        TrackError: The table is missing or damaged.
    """
    path = store.path(record, WINDOWS)
    try:
        return TABLE.validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError) as error:
        raise TrackError(
            f"the windows in {path} cannot be read", "Remove its folder and run again"
        ) from error
