"""Ogg files that FFmpeg refuses, as libsndfile reads them."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
from av import AudioFrame

BLOCK = 4096


def is_ogg(source: Path) -> bool:
    """Return whether a file starts as an Ogg file does."""
    try:
        with source.open("rb") as file:
            return file.read(4) == b"OggS"
    except OSError:
        return False


class Sndfile:
    """A file that libsndfile reads."""

    def __init__(self, file: soundfile.SoundFile) -> None:
        self._file = file
        self.codec = str(file.subtype).lower()
        self.packets = 0
        self.damaged = 0

    def frames(self) -> Iterator[AudioFrame]:
        """Yield what can be decoded, mixed down."""
        try:
            for block in self._file.blocks(BLOCK, dtype="float32", always_2d=True):
                self.packets += 1
                mono = np.ascontiguousarray(block.mean(axis=1, dtype=np.float32)[None])
                frame = AudioFrame.from_ndarray(mono, format="flt", layout="mono")
                frame.sample_rate = self._file.samplerate
                yield frame
        except soundfile.LibsndfileError:
            self.damaged += 1
