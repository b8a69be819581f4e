from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

Encode = Callable[..., Path]


@pytest.fixture
def encode(tmp_path: Path) -> Encode:
    """Writes mono samples, copied to every channel, in any codec FFmpeg has."""

    def write(
        name: str, codec: str, audio: np.ndarray, rate: int, layout: str = "stereo", **options: str
    ) -> Path:
        planes = np.stack([audio] * len(av.AudioLayout(layout).channels)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=layout)
        frame.sample_rate, frame.pts = rate, 0
        path = tmp_path / name
        with av.open(str(path), "w") as output:
            stream = output.add_stream(codec, rate=rate, layout=layout, options=options)
            output.mux([*stream.encode(frame), *stream.encode(None)])
        return path

    return write
