"""What somebody elsewhere is given to hear of a track: one short clip, compressed."""

import tempfile
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from resonance_core.audio.encode import encode
from resonance_core.audio.stream import stream_windows
from resonance_core.audio.write import write_wav
from resonance_core.config import ChunkConfig
from resonance_core.errors import TrackError

SAMPLE_RATE = 32_000
BIT_RATE = 64_000
"""Of MP3, in bits a second."""
SEARCHED_S = 240.0
"""How far into a track its clip is looked for, in seconds."""
SHORTEST_S = 4.0
"""Shorter tracks are left out, as by the local describer."""


class Clip(NamedTuple):
    """What is heard of a track."""

    data: bytes
    """Mono MP3."""
    seconds: float


def loudest_clip(path: Path, seconds: float) -> Clip:
    """Return the loudest part of a track's first minutes: where most of it plays.

    Args:
        path: The track.
        seconds: The clip's length; a shorter track is taken whole.

    Raises:
        TrackError: The track cannot be read, or is too short.
    """
    windows = stream_windows(path, SAMPLE_RATE, ChunkConfig(length_s=seconds, hop_s=seconds))
    most = max(1, int(SEARCHED_S // seconds))
    loudest = max(
        (samples for _, samples in islice(windows, most)),
        key=lambda samples: float(np.mean(np.square(samples))),
    )
    if len(loudest) < SHORTEST_S * SAMPLE_RATE:
        raise TrackError(
            f"{path.name} is shorter than {SHORTEST_S:g} s", "Leave it out of the playlist"
        )
    with tempfile.TemporaryDirectory() as folder:
        wav, mp3 = Path(folder) / "clip.wav", Path(folder) / "clip.mp3"
        write_wav(wav, loudest[None], SAMPLE_RATE)
        encode(wav, mp3, "mp3", BIT_RATE)
        return Clip(mp3.read_bytes(), len(loudest) / SAMPLE_RATE)
