"""Reading windows back from canonical audio."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from resonance_core.errors import TrackError


def read_windows(path: Path, starts: Sequence[int], length: int) -> NDArray[np.float32]:
    """Read windows of samples from canonical audio.

    Args:
        path: A file that ``transcode`` wrote.
        starts: The first sample of each window.
        length: Samples of each window.

    Returns:
        The audio, ``[windows, length]``, full scale 1.

    Raises:
        TrackError: The file cannot be read, or a window reaches behind its end.
    """
    audio = np.empty((len(starts), length), dtype=np.float32)
    try:
        with soundfile.SoundFile(path) as file:
            for row, start in zip(audio, starts, strict=True):
                file.seek(start)
                if len(file.read(out=row)) < length:
                    raise TrackError(
                        f"the audio {path} ends within the {length} samples from {start}",
                        "Remove its folder and run again: it is made anew",
                    )
    except soundfile.LibsndfileError as error:
        raise TrackError(
            f"the audio {path} cannot be read ({error.error_string})",
            "Remove its folder and run again: it is made anew",
        ) from error
    return audio


def read_ahead(
    path: Path, batches: Iterable[Sequence[int]], length: int
) -> Iterator[NDArray[np.float32]]:
    """Yield batches of windows, each read while whoever asked works on the one before.

    Args:
        path: A file that ``transcode`` wrote.
        batches: The first sample of each window, for each batch.
        length: Samples of each window.

    Raises:
        TrackError: The file cannot be read, or a window reaches behind its end.
    """
    with ThreadPoolExecutor(max_workers=1) as reader:
        ahead = None
        for starts in batches:
            coming = reader.submit(read_windows, path, starts, length)
            if ahead is not None:
                yield ahead.result()
            ahead = coming
        if ahead is not None:
            yield ahead.result()
