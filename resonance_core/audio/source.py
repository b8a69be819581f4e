"""Opening audio as people have it: with FFmpeg, or with libsndfile the Ogg files FFmpeg refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import av
import soundfile
from av import AudioFrame
from av.container import InputContainer
from av.error import ArgumentError, FFmpegError

from resonance_core.audio.ogg import Sndfile, is_ogg
from resonance_core.errors import TrackError

CONVERT = "Get the file again, or convert it to FLAC or WAV"
LISTS = {"concat", "dash", "hls", "imf", "sdp"}
"""What FFmpeg would follow to other files and streams, endless ones too, or round in a circle."""
CONTAINERS = ",".join(sorted(av.formats_available - LISTS))
RATES = range(4_000, 6_000_000)
"""Of recordings, in Hz: the telephone's is 8000, FFmpeg reads DSD at up to 5.6 million."""
HOPELESS = 10_000
"""Damaged packets after which a file that holds little else is given up. There may be millions,
where a header says that each packet is one byte long."""


class Decoder(Protocol):
    """A library that reads one file."""

    codec: str
    packets: int
    damaged: int

    def frames(self) -> Iterator[AudioFrame]:
        """Yield what can be decoded, and count the packets and the damaged ones."""


class _FFmpeg:
    """The first audio stream of a container, past the packets that cannot be decoded."""

    def __init__(self, container: InputContainer) -> None:
        self._container = container
        self._stream = container.streams.audio[0]
        self.codec = self._stream.codec_context.codec.canonical_name
        self.packets = 0
        self.damaged = 0

    def frames(self) -> Iterator[AudioFrame]:
        # As FFmpeg's own tool does: a packet that fails is left out, a container that fails ends.
        try:
            for packet in self._container.demux(self._stream):
                self.packets += 1
                try:
                    decoded = packet.decode()
                except FFmpegError:
                    self.damaged += 1
                    if self.damaged > HOPELESS and self.damaged > self.packets / 2:
                        return
                    continue
                yield from decoded
        except FFmpegError:
            self.damaged += 1
        except IndexError:
            pass  # PyAV's, behind the end of a file in which another stream came up on the way


def open_container(source: Path) -> InputContainer:
    """Open a file with FFmpeg.

    Raises:
        av.FFmpegError: It is no file that FFmpeg reads, or leads to others.
    """
    # Absolute, or a name such as "mix:1.mp3" reads as a protocol. Tags may be in any encoding.
    return av.open(
        str(source.absolute()),
        metadata_errors="replace",
        container_options={"format_whitelist": CONTAINERS},
    )


@contextmanager
def open_audio(source: Path) -> Iterator[Decoder]:
    """Open a file to decode it.

    Raises:
        TrackError: It holds no audio that can be read.
    """
    try:
        container = open_container(source)
    except FFmpegError as refusal:
        # FFmpeg gives up where Vorbis headers are repeated, as some editors leave them. Other
        # formats are not tried: libsndfile gains nothing there and writes its doubts to stderr.
        if not is_ogg(source):
            raise _unreadable(source, refusal) from refusal
        try:
            file = soundfile.SoundFile(source)
        except soundfile.LibsndfileError:
            raise _unreadable(source, refusal) from refusal
        with file:
            yield Sndfile(file)
        return
    with container:
        if not container.streams.audio:
            raise TrackError(f"{source.name} has no audio in it", "Choose a file with sound")
        if (context := container.streams.audio[0].codec_context) is None:
            raise TrackError(f"{source.name} has audio in an unknown codec", CONVERT)
        if context.sample_rate:  # or the frames will tell
            check_rate(source, context.sample_rate)
        yield _FFmpeg(container)


def check_rate(source: Path, sample_rate: int) -> None:
    """Refuse a rate that no recording has: at 1 Hz a song would last for months.

    Raises:
        TrackError: It is such a rate.
    """
    if sample_rate not in RATES:
        raise TrackError(f"{source.name} claims a sample rate of {sample_rate} Hz", CONVERT)


def _unreadable(source: Path, refusal: FFmpegError) -> TrackError:
    if source.is_file() and source.stat().st_size == 0:
        return TrackError(f"{source.name} is empty", "Get the file again")
    if isinstance(refusal, ArgumentError):  # so FFmpeg answers to what is none of CONTAINERS
        return TrackError(f"{source.name} is no audio but a list that leads to others", CONVERT)
    return TrackError(f"{source.name} cannot be read as audio ({refusal.strerror})", CONVERT)
