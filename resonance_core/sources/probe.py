"""What a file says about its audio, without decoding it."""

from pathlib import Path
from typing import NamedTuple

import av
import soundfile
from av.container import InputContainer

from resonance_core.audio.ogg import is_ogg
from resonance_core.audio.source import open_container


class Probe(NamedTuple):
    """Title and length of a file."""

    title: str | None
    """The embedded title, if there is one."""
    duration_s: float | None
    """Seconds; None where it holds no packet."""


def probe(path: Path) -> Probe | None:
    """Return a file's title and length, or None if no audio in it can be read."""
    if not path.is_file():  # opening a pipe would wait for ever
        return None
    try:
        with open_container(path) as container:
            if not container.streams.audio:
                return None
            tags = container.streams.audio[0].metadata | container.metadata
            return Probe(tags.get("title", "").strip() or None, _duration_s(container))
    except av.FFmpegError:
        return _probe_ogg(path)
    except OSError:
        return None


def _duration_s(container: InputContainer) -> float | None:
    if container.duration is not None:
        return container.duration / av.time_base
    # A recorded live stream has no length in its header, so its last packet tells.
    ends = []
    try:
        for packet in container.demux(container.streams.audio[0]):
            if packet.pts is not None and packet.time_base:
                ends.append(float(packet.pts * packet.time_base))
    except IndexError:
        pass  # PyAV's, behind the end of a file in which another stream came up on the way
    return max(ends, default=None)


def _probe_ogg(path: Path) -> Probe | None:
    """Read an Ogg file that FFmpeg refuses, as the decoder does, with libsndfile."""
    try:
        if not is_ogg(path):
            return None
        with soundfile.SoundFile(path) as sound:
            return Probe(sound.title.strip() or None, sound.frames / sound.samplerate)
    except (OSError, soundfile.LibsndfileError):
        return None
