"""Small audio files: mono Opus, written with the FFmpeg that PyAV carries."""

from pathlib import Path

import av
import numpy as np
from av import AudioFrame
from numpy.typing import NDArray

RATE = 48000
"""Hz; Opus knows no 32 kHz."""
BIT_RATE = 48_000


def write_opus(path: Path, audio: NDArray[np.int16], sample_rate: int) -> None:
    """Write audio as Opus of about 48 kbit/s; the same samples give the same bytes.

    Args:
        path: The file; its folder is made.
        audio: Mono samples, ``[samples]``.
        sample_rate: Theirs, in Hz.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = AudioFrame.from_ndarray(audio[None], format="s16", layout="mono")
    frame.sample_rate = sample_rate
    # Bit-exact leaves out the encoder's version and the stream's random number.
    with av.open(str(path), "w", format="ogg", options={"fflags": "+bitexact"}) as output:
        # Constrained, or dense music takes a third more than the bit rate.
        vbr = {"vbr": "constrained"}
        stream = output.add_stream("libopus", options=vbr, rate=RATE, layout="mono")
        stream.bit_rate = BIT_RATE
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
