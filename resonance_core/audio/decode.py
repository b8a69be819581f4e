"""From whatever FFmpeg reads to the canonical form: mono, 16 bits, the model's rate, FLAC."""

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av import AudioFrame, AudioResampler
from av.error import FFmpegError
from pydantic import BaseModel, ConfigDict

from resonance_core.audio.source import CONVERT, Decoder, check_rate, open_audio
from resonance_core.errors import TrackError

BLOCK = 4096
MAX_DAMAGED = 0.05
MIN_SECONDS = 1.0
MIN_BYTES_PER_SECOND = 10
"""Silence takes 50 and more of every codec at the rates of music."""


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


def transcode(source: Path, target: Path, sample_rate: int, max_s: float = math.inf) -> AudioFacts:
    """Decode, mix down, resample and encode a file in one pass, in constant memory.

    The same source gives the same bytes.

    Args:
        source: A file with at least one audio stream; the first one is taken.
        target: The FLAC file to write: mono, 16 bits.
        sample_rate: Its rate, in Hz.
        max_s: The longest that is taken, in seconds; what is longer is decoded no further.

    Raises:
        TrackError: No audio stream, nothing that can be decoded, less than a second of audio, more
            than is taken or than its bytes can hold, a rate or channels that no recording has, or
            more than one packet in twenty damaged. Part of the target may stay behind.
        OSError: The target cannot be written.
    """
    with open_audio(source) as decoder:
        frames = canonical_frames(decoder, source, sample_rate, max_s)
        samples = _encode(frames, target, sample_rate)
    return AudioFacts(
        seconds=samples / sample_rate,
        samples=samples,
        sample_rate=sample_rate,
        codec=decoder.codec,
        damaged_packets=decoder.damaged,
    )


def canonical_frames(
    decoder: Decoder, source: Path, sample_rate: int, max_s: float = math.inf
) -> Iterator[AudioFrame]:
    """Yield a file's audio in canonical form: frames of 16 bits, mono, at a rate.

    Args:
        decoder: The open file.
        source: Its path, for errors.
        sample_rate: The rate, in Hz.
        max_s: As `transcode`.

    Raises:
        TrackError: As `transcode`; what tells may come only after the last frame.
    """
    samples = 0
    for frame in _convert(_credible(decoder, source, max_s), source, sample_rate):
        samples += frame.samples
        yield frame
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


def _credible(decoder: Decoder, source: Path, max_s: float) -> Iterator[AudioFrame]:
    """Yield frames as long as they can be what the file holds, and are not too many."""
    size = source.stat().st_size
    seconds = 0.0
    for frame in decoder.frames():
        check_rate(source, frame.sample_rate)
        seconds += frame.samples / frame.sample_rate
        if round(seconds, 6) > max_s:
            raise TrackError(f"{source.name} is longer than {max_s:g} s", "Give a part of it")
        if seconds * MIN_BYTES_PER_SECOND > size:
            raise TrackError(
                f"{source.name} goes on for more than {seconds:.0f} s, which its {size} bytes "
                "cannot hold",
                CONVERT,
            )
        yield frame


def _convert(frames: Iterator[AudioFrame], source: Path, sample_rate: int) -> Iterator[AudioFrame]:
    """Mix down and resample frames, whose rate or layout may change on the way."""
    resampler, form = None, None
    for frame in frames:
        if form != (form := (frame.format.name, frame.layout.name, frame.sample_rate)):
            if resampler is not None:
                yield from resampler.resample(None)
            resampler = AudioResampler("s16", "mono", sample_rate, frame_size=BLOCK)
        assert resampler is not None
        try:
            converted = resampler.resample(frame)
        except FFmpegError as error:
            raise TrackError(
                f"{source.name} has {frame.layout.nb_channels} channels that cannot be mixed down",
                "Give a stereo version of it",
            ) from error
        yield from converted
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
