"""Chunks: the windows of a track that the model listens to. No audio is stored for them."""

from pydantic import BaseModel, ConfigDict

from resonance_core.config import ChunkConfig


class Window(BaseModel):
    """One chunk's place in its track."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    chunk: int
    """Its index in the track, from 0."""
    start: int
    """First sample."""
    samples: int
    """Length in samples."""
    start_s: float
    """Where it starts, in seconds."""
    end_s: float
    """Where it ends, in seconds."""


def windows(samples: int, sample_rate: int, config: ChunkConfig) -> list[Window]:
    """Return the windows of a track: all that lie whole on the hop grid.

    What is left behind the last one, always less than a hop, is not heard: every chunk of a
    track then has the same length, and so the same weight and the same noise in a mean. A track
    shorter than one window is the exception and gives one short window.

    Args:
        samples: Length of the track.
        sample_rate: Hz.
        config: Length and hop of the windows.
    """
    length, hop = grid(sample_rate, config)
    length = min(length, samples)
    return [
        window(chunk, start, length, sample_rate)
        for chunk, start in enumerate(range(0, samples - length + 1, hop))
    ]


def grid(sample_rate: int, config: ChunkConfig) -> tuple[int, int]:
    """Return the length of a window and the hop to the next, in samples."""
    return max(round(config.length_s * sample_rate), 1), max(round(config.hop_s * sample_rate), 1)


def window(chunk: int, start: int, samples: int, sample_rate: int) -> Window:
    """Return one window, from its place in samples."""
    return Window(
        chunk=chunk,
        start=start,
        samples=samples,
        start_s=start / sample_rate,
        end_s=(start + samples) / sample_rate,
    )
