"""What the parts of a MusicGen do, whichever library runs them.

A decoder reads columns of audio tokens and says what is likely in the next one; a codec turns audio
into tokens and tokens into audio; prompts and melodies become what the decoder is told.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import torch
from torch import Tensor, nn

from resonance_core.errors import ModelError
from resonance_core.models.base import ModelInfo
from resonance_core.models.conditioning import Conditioning
from resonance_core.models.fitting import FittingBatches


class IncrementalDecoder(Protocol):
    """One batch of pieces on their way through a decoder, which remembers what it has seen.

    Attributes:
        seen: Positions so far, those of a prefix among them.
    """

    seen: int

    @property
    def layers(self) -> Sequence[nn.Module]:
        """What is steered: each puts out hidden states ``[rows, positions, hidden]``."""

    def step(self, columns: Tensor) -> Tensor:
        """Take the next columns, and say what is likely after the last of them.

        Args:
            columns: ``[rows, codebooks, columns]``.

        Returns:
            Logits, ``[rows, codebooks, tokens]``.
        """


class MusicgenParts(ABC):
    """The parts of a loaded MusicGen; a library's own way to run them is in a class below.

    Args:
        info: What the model is.
        decoder: Goes through its list of ``layers``, each of which puts out the residual stream.
        device: Where it lives.
        pad: The token of places that hold no audio.
        made_for: The longest piece that it was trained on, in frames.
    """

    def __init__(
        self, info: ModelInfo, decoder: nn.Module, device: torch.device, pad: int, made_for: int
    ) -> None:
        assert isinstance(decoder.layers, nn.ModuleList)
        self.info = info
        self.decoder = decoder
        self.layers: Sequence[nn.Module] = list(decoder.layers)
        self.device = device
        self._pad = pad
        self._made_for = made_for
        self._batches = FittingBatches(device)

    @abstractmethod
    def _tokens(self, prompt: str) -> int:
        """Return how many tokens the model is told of a prompt."""

    @abstractmethod
    def _room(self, prompt: str) -> int:
        """Return how many frames the model can take beside a prompt.

        Raises:
            ModelError: None.
        """

    @abstractmethod
    def _condition(
        self, prompts: Sequence[str], melody: Tensor | None, *, guided: bool
    ) -> Conditioning:
        """Condition a batch on prompts of one length.

        Each prompt is encoded once and alone, so that the batch makes no difference.

        Args:
            prompts: One a row.
            melody: What the rows follow, ``[rows, samples]``; None for nothing.
            guided: Append as many unconditional rows.
        """

    @abstractmethod
    def _hear(self, columns: Tensor, conditioning: Conditioning) -> None:
        """Run all columns, ``[rows, codebooks, columns]``, through the decoder at once."""

    @abstractmethod
    def _incremental(
        self, conditioning: Conditioning, columns: int
    ) -> AbstractContextManager[IncrementalDecoder]:
        """Return what runs up to so many columns through the decoder, some at a time."""

    @abstractmethod
    def _encode(self, waveforms: Tensor) -> Tensor:
        """Return the tokens, ``[rows, codebooks, frames]``, of ``[rows, channels, samples]``.

        Each chunk is encoded alone: tokens are discrete, and in another batch rounding could tip
        one of them over. A stereo model hears mono on both sides.
        """

    @abstractmethod
    def _decode(self, codes: Tensor) -> Tensor:
        """Return the audio, ``[rows, channels, samples]``, of ``[rows, codebooks, frames]``."""

    def _autocast(self, *, enabled: bool = True) -> torch.autocast:
        """Compute matrix products in the type that is asked for, if one is; the codec never does.

        What is entered once casts each weight once.
        """
        asked = self.info.autocast
        dtype = getattr(torch, asked) if asked else None
        return torch.autocast(self.device.type, dtype, enabled=enabled and asked is not None)

    def _rows_of_one_length(self, prompts: Sequence[str]) -> list[list[int]]:
        """Return the rows whose prompts have as many tokens: padding would move the audio."""
        lengths: dict[int, list[int]] = {}
        for row, prompt in enumerate(prompts):
            lengths.setdefault(self._tokens(prompt), []).append(row)
        return list(lengths.values())

    def _audio_positions(self, columns: Tensor, prefix: int) -> Tensor:
        """Return which positions hear nothing but audio, bool ``[rows, prefix + columns]``.

        Left out are the prefix and the columns where the delay pattern still starts.
        """
        rows, _, positions = columns.shape
        warm_up = self.info.warm_up
        if positions <= warm_up:
            raise ModelError(
                f"a chunk of {positions - 1} frames is too short to listen to",
                f"Give at least {warm_up} frames, {warm_up / self.info.frame_rate:.2f} s",
            )
        place = torch.arange(-prefix, positions, device=self.device)
        return (place >= warm_up).expand(rows, -1)

    def _check_length(self, frames: int, prompt: str) -> None:
        if frames > (room := self._room(prompt)):
            raise ModelError(
                f"{frames / self.info.frame_rate:g} s is more than {self.info.id} can take at once",
                f"Ask for at most {room / self.info.frame_rate:.1f} s",
            )
