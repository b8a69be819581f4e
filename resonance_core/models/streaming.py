"""Hearing a piece while it is made: its frames become audio a stretch at a time."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from resonance_core.models.base import ModelInfo, Waveforms

STRETCH_S = 1.0
"""What is heard at once."""
CONTEXT_S = 1.0
"""Decoded again before each stretch, for a codec hears what was before."""
AHEAD_S = 0.4
"""Decoded beyond each stretch and kept back, for a codec also hears what comes after."""
JOIN_S = 0.05
"""Two stretches are blended over this."""


def played(
    frames: Iterator[Tensor],
    decode: Callable[[Tensor], Tensor],
    listener: Callable[[Waveforms], None],
    info: ModelInfo,
) -> Iterator[Tensor]:
    """Yield frames as they come, and play them to a listener.

    Args:
        frames: Of a batch, each ``[rows, codebooks]``.
        decode: Turns codes ``[rows, codebooks, frames]`` into audio ``[rows, samples]``.
        listener: Is called after each frame with what can be heard since, ``[rows, samples]``.
        info: The model, with its rates.
    """
    stretches = Stretches(decode, info)
    for frame in frames:
        listener(stretches.add(frame))
        yield frame
    listener(stretches.rest())


class Stretches:
    """Turns frames into audio whenever there are enough of them.

    A codec that computes phases anew starts each stretch with others. So stretches are blended,
    and a blend of two sounds that have nothing in common would be softer than either: it is made
    as loud as if they were one sound.

    Args:
        decode: Turns codes ``[rows, codebooks, frames]`` into audio ``[rows, samples]``.
        info: The model, with its rates.
    """

    def __init__(self, decode: Callable[[Tensor], Tensor], info: ModelInfo) -> None:
        self._decode = decode
        self._rate = info.frame_rate
        self._samples = round(info.sample_rate / info.frame_rate)
        self._join = round(JOIN_S * info.sample_rate)
        self._codes: list[Tensor] = []
        self._heard = 0
        """Frames of which the audio was given out."""
        self._end: Tensor | None = None
        """How the audio would have gone on after that, ``[rows, join]``."""

    def add(self, frame: Tensor) -> Waveforms:
        """Return the audio that the next frame completes, ``[rows, samples]``."""
        self._codes.append(frame)
        ready = len(self._codes) - round(AHEAD_S * self._rate)
        if ready - self._heard < round(STRETCH_S * self._rate):
            return frame.new_empty(len(frame), 0, dtype=torch.float32).cpu().numpy()
        return self._play(ready)

    def rest(self) -> Waveforms:
        """Return the audio after the last stretch, ``[rows, samples]``."""
        return self._play(len(self._codes))

    def _play(self, until: int) -> Waveforms:
        start = max(0, self._heard - round(CONTEXT_S * self._rate))
        audio = self._decode(torch.stack(self._codes[start:], dim=2))
        audio = audio[:, (self._heard - start) * self._samples :]
        if self._end is not None:
            join = min(self._join, audio.shape[1])
            audio[:, :join] = blend(self._end[:, :join], audio[:, :join])
        stretch = (until - self._heard) * self._samples
        self._heard = until
        self._end = audio[:, stretch : stretch + self._join]
        # A piece that goes beyond full scale is turned down once it is whole; this is too early.
        return audio[:, :stretch].clamp(-1, 1).cpu().numpy()


def blend(before: Tensor, after: Tensor) -> Tensor:
    """Go from one sound to another, as loud as they are, however much they are alike.

    Args:
        before: ``[rows, samples]``.
        after: As many.
    """
    rise = torch.linspace(0, 1, before.shape[1], device=before.device)
    fall = 1 - rise
    energy = (before.square().sum(1) * after.square().sum(1)).sqrt().clamp_min(1e-12)
    alike = ((before * after).sum(1) / energy).clamp(0, 1)[:, None]
    power = rise.square() + fall.square() + 2 * rise * fall * alike
    return (fall * before + rise * after) / power.sqrt()
