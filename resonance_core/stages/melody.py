"""Melody: a recording in the form in which pieces can follow it."""

import math
from pathlib import Path

from resonance_core.config import ModelConfig
from resonance_core.errors import NotInStoreError, TrackError
from resonance_core.keys import sha256_file
from resonance_core.models.registry import model_info
from resonance_core.sources.probe import probe
from resonance_core.stages.transcode import TRANSCODE, transcode_track
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store


def melody(recording: Path, model: ModelConfig, store: Store, max_s: float = math.inf) -> Outcome:
    """Return the record of a melody, by whose key requests name it.

    Args:
        recording: Any file with audio: singing, humming, an instrument, a song.
        model: Which model shall follow it.
        store: Takes its audio.
        max_s: The longest that is taken, in seconds; no more than that is decoded.

    Raises:
        StoreError: The store cannot be written.
        TrackError: The recording cannot be read, is no audio, or is too long.
    """
    found = probe(recording)
    if found is not None and found.duration_s is not None:  # else its frames will tell
        _check(found.duration_s, max_s)
    rate = model_info(model).sample_rate
    outcome = transcode_track(sha256_file(recording), lambda: recording, rate, store, max_s)
    _check(outcome.record.info["seconds"], max_s)  # it may have been there already
    return outcome


def _check(duration_s: float, max_s: float) -> None:
    if duration_s > max_s:
        raise TrackError(
            f"the recording lasts {duration_s:.0f} s, longer than {max_s:g} s",
            "Give a shorter one, or a part of it",
        )


def find_melody(key: str, store: Store) -> Record:
    """Return the record of a melody.

    Raises:
        NotInStoreError: There is none of this key.
    """
    record = store.get(key)
    if record.stage != TRANSCODE.name:
        raise NotInStoreError(
            f"{key[:12]} is of the stage {record.stage!r}, and no melody",
            "Give a recording as --melody",
        )
    return record
