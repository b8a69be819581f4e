"""The sound of Lyria: chunks of 16-bit samples, out of sessions that may break off."""

import re
from typing import NamedTuple

import numpy as np
import torch

from resonance_core.errors import ServiceError
from resonance_core.models.base import Pieces
from resonance_core.models.streaming import blend

SAMPLE_RATE = 48_000
CHANNELS = 2
JOIN_S = 0.25
"""What breaks off is faded into what comes next over this; so much is held back until then."""
FULL_SCALE = 32768
NOTHING: Pieces = np.empty((CHANNELS, 0), np.float32)
STATED = re.compile(r"(rate|channels)=(\d+)")


def decode(data: bytes, mime_type: str | None) -> Pieces:
    """Return the samples of a chunk, ``[channels, samples]``.

    Args:
        data: Little-endian 16-bit samples; those of the channels alternate.
        mime_type: What the service calls it, as ``audio/l16;rate=48000;channels=2``.

    Raises:
        ServiceError: It is said to be, or is, something else.
    """
    stated = {name: int(value) for name, value in STATED.findall(mime_type or "")}
    known = {"rate": SAMPLE_RATE, "channels": CHANNELS}
    if known | stated != known:
        raise ServiceError(
            f"Lyria sent sound of another kind than it is known for: {mime_type}",
            "Look for a newer version of Resonance",
        )
    if len(data) % (2 * CHANNELS):
        raise ServiceError(
            f"Lyria sent a chunk of {len(data)} bytes, which are no whole samples", "Try again"
        )
    samples = np.frombuffer(data, "<i2").reshape(-1, CHANNELS).T
    return (samples / FULL_SCALE).astype(np.float32)


class Played(NamedTuple):
    """A piece that was played.

    Attributes:
        audio: Full scale 1, ``[channels, samples]``.
        joins_s: Where the sound of one connection goes over into that of the next, in seconds.
    """

    audio: Pieces
    joins_s: tuple[float, ...]


class Joined:
    """One piece out of the chunks of one session or more.

    Args:
        wanted: The samples of the piece; what goes beyond is dropped.

    Attributes:
        given: Samples that were given out.
        joins: Where one session's sound goes over into the next one's, in samples.
    """

    def __init__(self, wanted: int) -> None:
        self.given = 0
        self.joins: list[int] = []
        self._wanted = wanted
        self._held = NOTHING
        self._next: Pieces | None = None
        """The start of a new session, until there is enough to be faded in."""

    @property
    def is_whole(self) -> bool:
        """Whether all that is wanted was given out."""
        return self.given == self._wanted

    def break_off(self) -> None:
        """Begin to take chunks of another session."""
        self._next = NOTHING

    def add(self, chunk: Pieces) -> Pieces:
        """Return what can be heard since the last chunk, ``[channels, samples]``."""
        if self._next is not None:
            self._next = np.concatenate([self._next, chunk], axis=1)
            join = self._held.shape[1]
            if self._next.shape[1] < join:
                return NOTHING
            faded = blend(torch.from_numpy(self._held), torch.from_numpy(self._next[:, :join]))
            if self.given or join:
                self.joins.append(self.given)
            chunk, self._held, self._next = self._next[:, join:], faded.numpy(), None
        self._held = np.concatenate([self._held, chunk], axis=1)
        left = self._wanted - self.given
        count = self._held.shape[1] - round(JOIN_S * SAMPLE_RATE)
        if self._held.shape[1] >= left:
            count = left
        count = max(0, count)
        heard, self._held = self._held[:, :count], self._held[:, count:]
        self.given += count
        return heard
