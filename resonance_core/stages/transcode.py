"""The stage that brings a track into the canonical form."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from resonance_core.audio.decode import transcode
from resonance_core.keys import Stage
from resonance_core.store.records import Outcome
from resonance_core.store.store import Store

TRANSCODE = Stage(name="transcode", version=1)
AUDIO = "audio.flac"


def transcode_track(
    track_sha256: str,
    original: Callable[[], Path],
    sample_rate: int,
    store: Store,
    max_s: float = math.inf,
) -> Outcome:
    """Return a track's canonical audio, decoding it if the store does not hold it.

    Args:
        track_sha256: The digest of the original's bytes.
        original: Returns the file as it was downloaded, or raises where it no longer is; called
            only if it has to be decoded, for a store in a bucket fetches it then, and once more
            afterwards: what was changed meanwhile is not kept under the digest of what it was.
        sample_rate: The model's rate, in Hz.
        store: Where ``audio.flac`` is kept; the record's info holds the ``AudioFacts``.
        max_s: The longest that is decoded, in seconds.

    Raises:
        TrackError: The original cannot be used.
        StoreError: The store cannot be written.
    """
    request = TRANSCODE.request(canonical_form(sample_rate), {"audio": track_sha256})

    def make(directory: Path) -> dict[str, Any]:
        facts = transcode(original(), directory / AUDIO, sample_rate, max_s)
        original()
        return facts.model_dump()

    return store.build(request, make)


def canonical_form(sample_rate: int) -> dict[str, Any]:
    """Return what the canonical form is, for keys."""
    return {"sample_rate": sample_rate, "channels": 1, "codec": "flac", "sample_format": "s16"}
