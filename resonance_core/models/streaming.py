"""From frames to audio a stretch at a time, to be heard while a piece is made."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from resonance_core.models.base import ModelInfo, Pieces

STRETCH_S = 1.0
"""What a listener hears at once."""
WHOLE_S = 30.0
"""What is decoded at once where nobody listens; the memory that it takes grows with it."""
CONTEXT_S = 1.0
"""Decoded again before each stretch, for a codec hears what was before."""
AHEAD_S = 0.4
"""Decoded beyond each stretch and kept back, for a codec also hears what comes after."""
JOIN_S = 0.06
"""Two stretches are blended over this."""

Decode = Callable[[Tensor], Tensor]
"""Turns codes ``[rows, codebooks, frames]`` into audio ``[rows, channels, samples]``."""


class Opening(NamedTuple):
    """What pieces begin with.

    Attributes:
        audio: ``[rows, channels, samples]``, of whole frames.
        codes: The tokens of its end, ``[rows, codebooks, frames]``.
        skipped: Frames of it before those.
    """

    audio: Pieces
    codes: Tensor
    skipped: int


def played(
    frames: Iterable[Tensor],
    decode: Decode,
    listener: Callable[[Pieces], None],
    info: ModelInfo,
    opening: Opening | None,
) -> Iterator[Tensor]:
    """Yield frames as they come, and play them to a listener.

    Args:
        frames: Of a batch, each ``[rows, codebooks]``.
        decode: The codec's.
        listener: Is called after each frame with what can be heard since, ``[rows, channels,
            samples]``.
        info: The model, with its rates.
        opening: What the pieces begin with, which is played first; None for nothing.
    """
    stretches = Stretches(decode, info, opening, STRETCH_S)
    for frame in frames:
        # A piece that goes beyond full scale is turned down once it is whole; this is too early.
        listener(stretches.add(frame).clip(-1, 1))
        yield frame
    listener(stretches.rest().clip(-1, 1))


def whole(
    frames: Iterable[Tensor], decode: Decode, info: ModelInfo, opening: Opening | None
) -> Pieces:
    """Return the audio of pieces, ``[rows, channels, samples]``.

    Args:
        frames: Of a batch, each ``[rows, codebooks]``.
        decode: The codec's.
        info: The model, with its rates.
        opening: What the pieces begin with; None for nothing.
    """
    stretches = Stretches(decode, info, opening, WHOLE_S)
    return np.concatenate([*map(stretches.add, frames), stretches.rest()], axis=-1)


class Stretches:
    """Turns frames into audio whenever there are enough of them.

    A codec that computes phases anew starts each stretch with others. So stretches are blended,
    and a blend of two sounds that have nothing in common would be softer than either: it is made
    as loud as if they were one sound.

    Args:
        decode: The codec's.
        info: The model, with its rates.
        opening: What the pieces begin with; None for nothing.
        stretch_s: How much is decoded at once.
    """

    def __init__(
        self, decode: Decode, info: ModelInfo, opening: Opening | None, stretch_s: float
    ) -> None:
        self._decode = decode
        self._channels = info.channels
        self._samples = round(info.sample_rate / info.frame_rate)
        self._stretch, self._context, self._ahead, self._join = (
            round(seconds * info.frame_rate) for seconds in (stretch_s, CONTEXT_S, AHEAD_S, JOIN_S)
        )
        self._codes: list[Tensor] = []
        self._heard = 0
        """Frames of which the audio was given out."""
        self._end: Tensor | None = None
        """How the audio would have gone on after that, ``[rows, channels, samples]``."""
        self._first: list[Pieces] = []
        """What is given out before anything else."""
        if opening is not None:
            self._codes += opening.codes.unbind(2)
            self._heard = max(0, len(self._codes) - self._join)
            split = opening.audio.shape[-1] - (len(self._codes) - self._heard) * self._samples
            self._end = torch.from_numpy(opening.audio[..., split:]).to(opening.codes.device)
            self._first.append(opening.audio[..., :split])

    def add(self, frame: Tensor) -> Pieces:
        """Return the audio that the next frame completes, ``[rows, channels, samples]``."""
        self._codes.append(frame)
        ready = len(self._codes) - self._ahead
        if ready - self._heard < self._stretch:
            ready = self._heard
        return self._play(ready)

    def rest(self) -> Pieces:
        """Return the audio after the last stretch, ``[rows, channels, samples]``."""
        return self._play(len(self._codes))

    def _play(self, until: int) -> Pieces:
        first, self._first = self._first, []
        if until == self._heard:
            nothing = np.empty((len(self._codes[0]), self._channels, 0), np.float32)
            return np.concatenate([*first, nothing], axis=-1)
        start = max(0, self._heard - self._context)
        audio = self._decode(torch.stack(self._codes[start:], dim=2))
        audio = audio[..., (self._heard - start) * self._samples :]
        if self._end is not None:
            join = min(self._end.shape[-1], audio.shape[-1])
            audio[..., :join] = blend(self._end[..., :join], audio[..., :join])
        stretch = (until - self._heard) * self._samples
        self._heard = until
        self._end = audio[..., stretch:][..., : self._join * self._samples]
        return np.concatenate([*first, audio[..., :stretch].cpu().numpy()], axis=-1)


def blend(before: Tensor, after: Tensor) -> Tensor:
    """Go from one sound to another, as loud as they are, however much they are alike.

    Args:
        before: ``[..., samples]``.
        after: As many.
    """
    rise = torch.linspace(0, 1, before.shape[-1], device=before.device)
    fall = 1 - rise
    energy = (before.square().sum(-1) * after.square().sum(-1)).sqrt().clamp_min(1e-12)
    alike = ((before * after).sum(-1) / energy).clamp(0, 1)[..., None]
    power = rise.square() + fall.square() + 2 * rise * fall * alike
    return (fall * before + rise * after) / power.sqrt()
