"""Compressed audio for people who take a piece with them."""

from pathlib import Path
from typing import Literal

import av
from av import AudioResampler, AudioStream

Format = Literal["wav", "flac", "mp3", "opus"]
CODECS: dict[str, tuple[str, str, int | None, int | None]] = {
    "flac": ("flac", "flac", None, None),
    "mp3": ("mp3", "libmp3lame", None, 192_000),
    "opus": ("ogg", "libopus", 48_000, 128_000),
}
"""Container, codec, the rate it needs in Hz, and bits a second."""


def encode(
    wav: Path, target: Path, form: Literal["flac", "mp3", "opus"], bits: int | None = None
) -> None:
    """Encode a WAV file; the same samples give the same sound.

    Args:
        wav: Of one channel or two.
        target: The file to write.
        form: In which format.
        bits: Of each second, where the format drops some; by default as many as sound well.

    Raises:
        OSError: The target cannot be written.
    """
    container, codec, rate, many = CODECS[form]
    with av.open(str(wav)) as source, av.open(str(target), "w", format=container) as sink:
        heard = source.streams.audio[0]
        layout = "mono" if heard.channels == 1 else "stereo"  # a WAV file need not name it
        stream = sink.add_stream(codec, rate=rate or heard.rate, layout=layout)
        assert isinstance(stream, AudioStream)
        if many is not None:
            stream.bit_rate = bits or many
        resampler = AudioResampler(stream.format, layout, rate or heard.rate, stream.frame_size)
        for frame in (*source.decode(heard), None):  # None has it give out what it holds back
            for part in resampler.resample(frame):
                sink.mux(stream.encode(part))
        sink.mux(stream.encode(None))
