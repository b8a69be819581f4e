"""What all MusicGens have in common, whichever library runs their layers.

A decoder reads columns of audio tokens and says what is likely in the next one; a codec turns audio
into tokens and tokens into audio.
"""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from functools import partial
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from resonance_core.config import Pooling, SamplingConfig
from resonance_core.errors import ModelError
from resonance_core.gpu import exclusive
from resonance_core.models.base import (
    Capture,
    Listener,
    ModelInfo,
    MusicModel,
    Pieces,
    Waveforms,
    check_layers,
)
from resonance_core.models.conditioning import Conditioning
from resonance_core.models.delay import delay
from resonance_core.models.sampling import sample_frames
from resonance_core.models.streaming import Opening, played, whole
from resonance_core.steering.collect import collect, cut_after
from resonance_core.steering.inject import Injection, Steering, inject


class IncrementalDecoder(Protocol):
    """One batch of pieces on their way through a decoder, which remembers what it has seen.

    Attributes:
        layers: What is steered: each puts out hidden states ``[rows, positions, hidden]``.
        seen: Positions so far, those of a prefix among them.
    """

    layers: Sequence[nn.Module]
    seen: int

    def step(self, columns: Tensor) -> Tensor:
        """Take the next ``[rows, codebooks, columns]``; return logits ``[rows, codebooks, tokens]``
        of the one after them."""


class TokenModel(MusicModel):
    """A loaded MusicGen. A library's own way to run it stands in a class below this one.

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
        self.layers: Sequence[nn.Module] = decoder.layers
        self.device = device
        self._pad = pad
        self._made_for = made_for

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

    @torch.inference_mode()
    def capture(
        self,
        audio: Waveforms,
        *,
        layers: Sequence[int],
        prompts: Sequence[str],
        melody: bool,
        pooling: Pooling = "mean",
        stride: int | None = None,
    ) -> Capture:
        """Run chunks through the model once, teacher-forced, and pool its hidden states."""
        check_layers(layers, self.info)
        chosen = [self.layers[layer] for layer in layers]
        order: list[int] = []
        found: list[Capture] = []
        with exclusive(self.device), self._autocast(), cut_after(self.decoder, max(layers)):
            for rows in self._rows_of_one_length(prompts):
                waveforms = torch.from_numpy(audio[rows])
                codes = self._encode(waveforms[:, None])
                self._check_length(codes.shape[2], prompts[rows[0]])
                conditioning = self._condition(
                    [prompts[row] for row in rows],
                    waveforms if melody and self.info.melody else None,
                    guided=False,
                )
                columns = delay(codes, self._pad, self.info.channels)
                mask = self._audio_positions(columns, conditioning.prefix)
                with collect(chosen, mask, pooling, stride) as pooled:
                    self._hear(columns, conditioning)
                order += rows
                # A prefix stands before the audio, and the start before its first frame.
                found.append(pooled.capture(conditioning.prefix + 1))
        return Capture.join(found).take([order.index(row) for row in range(len(audio))])

    @torch.inference_mode()
    def generate(
        self,
        prompts: Sequence[str],
        *,
        seeds: Sequence[int],
        duration_s: float,
        sampling: SamplingConfig,
        steering: Steering | None = None,
        melody: Waveforms | None = None,
        opening: Pieces | None = None,
        listener: Listener | None = None,
    ) -> Pieces:
        """Make one piece of audio for each row, in as few batches as the prompts allow."""
        if len(prompts) != len(seeds):
            raise ValueError(f"{len(prompts)} prompts do not go with {len(seeds)} seeds")
        if melody is not None and not self.info.melody:
            raise ModelError(
                f"{self.info.id} cannot follow a melody", "Choose a melody model, or leave it out"
            )
        frames = max(1, round(duration_s * self.info.frame_rate))
        audio: list[Pieces] = [np.empty(0, np.float32)] * len(seeds)
        with exclusive(self.device), self._autocast():
            for rows in self._rows_of_one_length(prompts):
                begin = None if opening is None else self._opening(opening[rows])
                drawing = self._frames(
                    [prompts[row] for row in rows],
                    [torch.Generator().manual_seed(seeds[row]) for row in rows],
                    frames,
                    sampling,
                    None if steering is None else steering.select(rows),
                    None if melody is None else torch.from_numpy(melody[rows]),
                    begin,
                )
                # Whoever holds on to an error of a listener holds what was going on as well.
                with closing(drawing):
                    drawn: Iterator[Tensor] = drawing
                    if listener is not None:
                        hear = partial(listener, rows)
                        drawn = played(drawn, self._decode, hear, self.info, begin)
                    # While it is played, the whole of it is not to be decoded as well.
                    made = whole(list(drawn), self._decode, self.info, begin)
                for row, piece in zip(rows, made, strict=True):
                    # What would be clipped in every file is turned down instead.
                    audio[row] = piece / max(1.0, np.abs(piece).max())
        return np.stack(audio)

    def _frames(
        self,
        prompts: Sequence[str],
        generators: Sequence[torch.Generator],
        frames: int,
        sampling: SamplingConfig,
        steering: Steering | None,
        melody: Tensor | None,
        opening: Opening | None,
    ) -> Iterator[Tensor]:
        """Yield each frame of a batch as it is drawn, ``[rows, codebooks]``.

        What is longer than the model was made for is drawn in windows: each begins with the
        second half of the one before it, and hears the melody from there on.
        """
        made = [] if opening is None else list(opening.codes.unbind(2))
        end = len(made) + frames
        window = min(self._made_for, self._room(prompts[0]))
        while len(made) < end:
            start = max(0, len(made) - window // 2)
            followed = None
            if melody is not None:
                passed = round(start / self.info.frame_rate * self.info.sample_rate)
                followed = melody.roll(-passed % melody.shape[1], dims=1)
            conditioning = self._condition(prompts, followed, guided=sampling.guidance_scale > 1)
            given = made[start:]
            shape = (len(prompts), self.info.codebooks, 0)
            drawing = self._draw(
                conditioning,
                torch.stack(given, dim=2) if given else torch.empty(shape).long().to(self.device),
                min(end - len(made), window - len(given)),
                generators,
                sampling,
                None if steering is None else steering.from_frame(start),
            )
            with closing(drawing):
                for frame in drawing:
                    made.append(frame)
                    yield frame

    def _draw(
        self,
        conditioning: Conditioning,
        given: Tensor,
        frames: int,
        generators: Sequence[torch.Generator],
        sampling: SamplingConfig,
        steering: Steering | None,
    ) -> Iterator[Tensor]:
        """Yield the frames after those that are given, within one window."""
        columns = given.shape[2] + frames + self.info.warm_up
        injection: Injection | None = None

        def step(new: Tensor) -> Tensor:
            if injection is not None:
                injection.start = decoder.seen
            return decoder.step(new)

        with ExitStack() as stack:
            decoder = stack.enter_context(self._incremental(conditioning, columns))
            if steering is not None:
                steered = inject(decoder.layers, steering, conditioning.prefix)
                injection = stack.enter_context(steered)
            yield from sample_frames(
                step,
                given=given,
                frames=frames,
                generators=generators,
                pad=self._pad,
                sampling=sampling,
                channels=self.info.channels,
            )

    def _opening(self, audio: Pieces) -> Opening:
        """Return what pieces begin with, as far as the model takes it up: its last seconds."""
        samples = round(self.info.sample_rate / self.info.frame_rate)
        frames = audio.shape[-1] // samples
        audio = audio[..., : frames * samples]
        heard = audio[..., max(0, frames - self._made_for // 2) * samples :]
        return Opening(audio, self._encode(torch.from_numpy(heard)))

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
