"""From whatever FFmpeg reads to the canonical form: mono, 16 bits, the model's rate, FLAC."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import av
import numpy as np
import soundfile
from av import AudioFrame, AudioResampler
from av.container import InputContainer
from av.error import FFmpegError
from pydantic import BaseModel, ConfigDict

from resonance_core.errors import TrackError

MAX_DAMAGED = 0.05
MIN_SECONDS = 1.0
BLOCK = 4096
CONVERT = "Get the file again, or convert it to FLAC or WAV"


class AudioFacts(BaseModel):
    """What was decoded."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    seconds: float
    """Length of the audio."""
    samples: int
    """Samples of the canonical audio."""
    sample_rate: int
    """Hz, of the canonical audio."""
    codec: str
    """The source's codec, as FFmpeg names it."""
    damaged_packets: int
    """Packets of the source that could not be decoded and were left out. What the container drops
    by itself, as Ogg does pages with a wrong checksum, is missing and not counted."""


class _Decoder(Protocol):
    """A library that reads one file."""

    codec: str
    packets: int
    damaged: int

    def frames(self) -> Iterator[AudioFrame]: ...


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
                    continue
                yield from decoded
        except FFmpegError:
            self.damaged += 1


class _Sndfile:
    """A file that libsndfile reads."""

    def __init__(self, file: soundfile.SoundFile) -> None:
        self._file = file
        self.codec = str(file.subtype).lower()
        self.packets = 0
        self.damaged = 0

    def frames(self) -> Iterator[AudioFrame]:
        try:
            for block in self._file.blocks(BLOCK, dtype="float32", always_2d=True):
                self.packets += 1
                mono = np.ascontiguousarray(block.mean(axis=1, dtype=np.float32)[None])
                frame = AudioFrame.from_ndarray(mono, format="flt", layout="mono")
                frame.sample_rate = self._file.samplerate
                yield frame
        except soundfile.LibsndfileError:
            self.damaged += 1


def transcode(source: Path, target: Path, sample_rate: int) -> AudioFacts:
    """Decode, mix down, resample and encode a file in one pass, in constant memory.

    The same source gives the same bytes.

    Args:
        source: A file with at least one audio stream; the first one is taken.
        target: The FLAC file to write: mono, 16 bits.
        sample_rate: Its rate, in Hz.

    Raises:
        TrackError: No audio stream, nothing that can be decoded, less than a second of audio,
            or more than one packet in twenty damaged. Part of the target may stay behind.
    """
    with _open(source) as decoder:
        samples = _encode(_convert(decoder.frames(), sample_rate), target, sample_rate)
    if decoder.damaged > MAX_DAMAGED * decoder.packets:
        raise TrackError(
            f"{source.name} is damaged: {decoder.damaged} of its {decoder.packets} "
            f"{decoder.codec} packets cannot be decoded",
            "Get the file again",
        )
    if samples < MIN_SECONDS * sample_rate:
        raise TrackError(
            f"{source.name} holds only {samples / sample_rate:.3f} s of audio",
            f"A track needs at least {MIN_SECONDS:g} s",
        )
    return AudioFacts(
        seconds=samples / sample_rate,
        samples=samples,
        sample_rate=sample_rate,
        codec=decoder.codec,
        damaged_packets=decoder.damaged,
    )


@contextmanager
def _open(source: Path) -> Iterator[_Decoder]:
    """Open a file with FFmpeg, or an Ogg file that FFmpeg refuses with libsndfile."""
    try:
        # Absolute, or a name such as "mix:1.mp3" reads as a protocol. Tags may be in any encoding.
        container = av.open(str(source.absolute()), metadata_errors="replace")
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
            yield _Sndfile(file)
        return
    with container:
        if not container.streams.audio:
            raise TrackError(f"{source.name} has no audio in it", "Choose a file with sound")
        if container.streams.audio[0].codec_context is None:
            raise TrackError(f"{source.name} has audio in an unknown codec", CONVERT)
        yield _FFmpeg(container)


def is_ogg(source: Path) -> bool:
    """Return whether a file starts as an Ogg file does."""
    if not source.is_file():
        return False
    with source.open("rb") as file:
        return file.read(4) == b"OggS"


def _unreadable(source: Path, refusal: FFmpegError) -> TrackError:
    if source.is_file() and source.stat().st_size == 0:
        return TrackError(f"{source.name} is empty", "Get the file again")
    return TrackError(f"{source.name} cannot be read as audio ({refusal.strerror})", CONVERT)


def _convert(frames: Iterator[AudioFrame], sample_rate: int) -> Iterator[AudioFrame]:
    """Mix down and resample frames, whose rate or layout may change on the way."""
    resampler, form = None, None
    for frame in frames:
        if form != (form := (frame.format.name, frame.layout.name, frame.sample_rate)):
            if resampler is not None:
                yield from resampler.resample(None)
            resampler = AudioResampler("s16", "mono", sample_rate, frame_size=BLOCK)
        assert resampler is not None
        yield from resampler.resample(frame)
    if resampler is not None:
        yield from resampler.resample(None)


def _encode(frames: Iterator[AudioFrame], target: Path, sample_rate: int) -> int:
    """Write frames as FLAC and return the number of samples."""
    samples = 0
    # Bit-exact leaves the encoder's version out of the file.
    with av.open(str(target), "w", format="flac", options={"fflags": "+bitexact"}) as output:
        stream = output.add_stream("flac", rate=sample_rate, layout="mono", format="s16")
        for frame in frames:
            frame.pts, frame.time_base = samples, Fraction(1, sample_rate)
            samples += frame.samples
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return samples
