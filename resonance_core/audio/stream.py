"""A track's windows while it is decoded: the samples that chunks of canonical audio hold."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from resonance_core.audio.chunk import Window, grid, window
from resonance_core.audio.decode import canonical_frames
from resonance_core.audio.source import open_audio
from resonance_core.config import ChunkConfig


def stream_windows(
    source: Path, sample_rate: int, config: ChunkConfig
) -> Iterator[tuple[Window, NDArray[np.float32]]]:
    """Decode a file and yield its windows, each as soon as its last sample is decoded.

    Windows and samples are those of `windows` and `read_windows` on what `transcode` would have
    written. Memory is that of one window and one hop, whatever the file's length.

    Args:
        source: A file with at least one audio stream.
        sample_rate: The rate of the canonical audio, in Hz.
        config: Length and hop of the windows.

    Raises:
        TrackError: The file cannot be used, which may come up only after its last window.
    """
    length, hop = grid(sample_rate, config)
    start, chunk = 0, 0
    held: list[NDArray[np.int16]] = []
    first, end = 0, 0  # of what is held, in the track
    with open_audio(source) as decoder:
        for frame in canonical_frames(decoder, source, sample_rate):
            held.append(frame.to_ndarray()[0])
            end += frame.samples
            while start + length <= end:
                held = [np.concatenate(held)[start - first :]]
                first = start
                yield window(chunk, start, length, sample_rate), _scaled(held[0][:length])
                start, chunk = start + hop, chunk + 1
    if chunk == 0:
        yield window(0, 0, end, sample_rate), _scaled(np.concatenate(held))


def _scaled(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return samples as numbers whose full scale is 1."""
    return samples.astype(np.float32) / np.float32(32768)
