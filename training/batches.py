"""Training batches: crops of tokenised clips that start on a bar, with captions and chroma."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from resonance_core.models.delay import delay
from training.captions import Caption, caption
from training.composer import CLIP_FRAMES, ClipSpec
from training.corpus import HELD_OUT, load_specs, shards
from training.decoder import CHROMA_BINS, CHROMA_FRAMES, CHROMA_HOP
from training.render import FRAME_SAMPLES
from training.tokens import tokens_path

PAD = 1024
"""The token before, after and around the delayed codes."""
CHROMA_HOP_FRAMES = CHROMA_HOP / FRAME_SAMPLES
"""Codec frames of a chroma frame."""
CROPS = ((500, 8), (250, 16), (100, 32))
"""Frames and rows of a batch."""
LONG_CROPS, SHORT_CROPS = (0.5, 0.3, 0.2), (0.2, 0.2, 0.6)
"""Shares of `CROPS`. The model first learns to copy bars, which takes several of them; then what
the first bar is made of, which text tells: once bars are in the context, text is worth little."""
COPYING_SHARE = 0.4
"""Of the training, until which crops are mostly long."""
TEXT_DROPPED, CHROMA_DROPPED = 0.12, 0.7
NOISY_ROWS, NOISY_FRAMES = 0.25, 0.15
"""Rows with spoilt input, and how many of their frames are swapped with another row's: the
model meets its own mistakes when it generates."""
BEAT_WEIGHT = 5.0
"""Of the loss on frames around a beat, where music surprises."""


@dataclass(frozen=True)
class Batch:
    """What one step learns from.

    Attributes:
        columns: Delayed codes with a start column, ``[rows, codebooks, frames + codebooks]``.
        noisy: Input columns to spoil, ``[rows, 1, frames + codebooks]``.
        weights: Of the loss of each target column, ``[rows, frames + codebooks - 1]``.
        chroma: One-hot, ``[rows, chroma frames, 12]``.
        captions: One a row.
        unconditional: Rows that get no text, ``[rows]``.
    """

    columns: Tensor
    noisy: Tensor
    weights: Tensor
    chroma: Tensor
    captions: list[Caption]
    unconditional: Tensor


class TokenCorpus:
    """Tokenised shards in memory.

    Args:
        corpus: The folder of the labels.
        tokens: The folder of the tokens.
        numbers: Shards to load; those of training if None.
    """

    def __init__(self, corpus: Path, tokens: Path, numbers: Sequence[int] | None = None) -> None:
        if numbers is None:
            numbers = [n for n in shards(corpus) if n != HELD_OUT]
        parts = [np.load(tokens_path(tokens, number)) for number in numbers]
        self.codes = torch.from_numpy(np.concatenate([part["codes"] for part in parts]))
        self.chroma = torch.from_numpy(np.concatenate([part["chroma"] for part in parts]))
        self.specs = [spec for number in numbers for spec in load_specs(corpus, number)]

    def batch(self, rng: random.Random, progress: float) -> Batch:
        """Draw a batch of crops, all of one length.

        Args:
            rng: Draws everything.
            progress: Share of the training that is done.
        """
        shares = LONG_CROPS if progress < COPYING_SHARE else SHORT_CROPS
        ((frames, rows),) = rng.choices(CROPS, shares)
        clips = [rng.randrange(len(self.specs)) for _ in range(rows)]
        starts = [self._bar_start(clip, frames, rng) for clip in clips]
        captions = [caption(self.specs[clip], rng) for clip in clips]
        columns = self.columns(clips, starts, frames)
        draw = torch.Generator().manual_seed(rng.getrandbits(48))
        noisy_row = torch.rand(rows, 1, 1, generator=draw) < NOISY_ROWS
        noisy = noisy_row & (torch.rand(rows, 1, columns.shape[2], generator=draw) < NOISY_FRAMES)
        unconditional = torch.rand(rows, generator=draw) < TEXT_DROPPED
        no_melody = unconditional | (torch.rand(rows, generator=draw) < CHROMA_DROPPED)
        chroma = torch.where(
            no_melody[:, None, None], no_chroma(rows), self.one_hot_chroma(clips, starts)
        )
        weights = torch.stack([self._weights(clip, columns.shape[2] - 1) for clip in clips])
        return Batch(columns, noisy, weights, chroma, captions, unconditional)

    def columns(self, clips: Sequence[int], starts: Sequence[int], frames: int) -> Tensor:
        """Return delayed crops, ``[rows, codebooks, frames + codebooks]``.

        The first column starts every codebook; codebook q follows q columns late.
        """
        crops = [
            self.codes[clip, :, start : start + frames]
            for clip, start in zip(clips, starts, strict=True)
        ]
        codes = torch.stack(crops).long()
        unheard = codes.shape[1] - 1  # frames until the last codebook has caught up
        return delay(functional.pad(codes, (0, unheard), value=PAD), PAD)

    def one_hot_chroma(self, clips: Sequence[int], starts: Sequence[int]) -> Tensor:
        """Return the chroma that follows crops' starts, ``[rows, CHROMA_FRAMES, 12]``.

        Where a clip ends before, the crop's melody starts again.
        """
        rows = []
        for clip, start in zip(clips, starts, strict=True):
            melody = self.chroma[clip, round(start / CHROMA_HOP_FRAMES) :].long()
            repeats = -(-CHROMA_FRAMES // len(melody))
            rows.append(melody.repeat(repeats)[:CHROMA_FRAMES])
        return functional.one_hot(torch.stack(rows), CHROMA_BINS).float()

    def _bar_start(self, clip: int, frames: int, rng: random.Random) -> int:
        """Draw the start of a bar, so that positions tell where in the bar the music is."""
        bar = self.specs[clip].bar_frames
        return bar * rng.randrange((CLIP_FRAMES - frames) // bar + 1)

    def _weights(self, clip: int, columns: int) -> Tensor:
        return beat_weights(self.specs[clip], columns)


def beat_weights(spec: ClipSpec, columns: int) -> Tensor:
    """Return the weight of each target column's loss, ``[columns]``: more around the beats.

    The spectrum's window reaches a frame ahead, so a beat begins in the frame before it.
    """
    phase = (torch.arange(columns) + 1) % spec.beat_frames
    return torch.where(phase < 3, BEAT_WEIGHT, 1.0)


def no_chroma(rows: int) -> Tensor:
    """Return the chroma that stands for no melody, as MusicGen does: pitch class 0 throughout."""
    chroma = torch.zeros(rows, CHROMA_FRAMES, CHROMA_BINS)
    chroma[..., 0] = 1
    return chroma
