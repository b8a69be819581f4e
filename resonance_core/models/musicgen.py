"""MusicGen: one way to listen and to play, whichever library runs its parts."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial

import numpy as np
import torch
from torch import Tensor

from resonance_core.config import Pooling, SamplingConfig
from resonance_core.errors import ModelError
from resonance_core.gpu import exclusive, releasing
from resonance_core.models.base import (
    Capture,
    Listener,
    MusicModel,
    Pieces,
    Waveforms,
    check_layers,
)
from resonance_core.models.conditioning import Conditioning
from resonance_core.models.delay import delay
from resonance_core.models.musicgen_parts import MusicgenParts
from resonance_core.models.sampling import sample_frames
from resonance_core.models.streaming import Opening, played, whole
from resonance_core.steering.collect import collect, cut_after
from resonance_core.steering.inject import Injection, Steering, inject


class MusicgenModel(MusicgenParts, MusicModel):
    """A loaded MusicGen."""

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
        if not np.isfinite(audio).all():  # whose tokens would be as good as any
            raise self._overflow("pieces")
        chosen = [self.layers[layer] for layer in layers]

        def hear(rows: Sequence[int]) -> Capture:
            waveforms = torch.from_numpy(audio[rows])
            codes = self._encode(waveforms[:, None])
            self._check_length(codes.shape[2], prompts[rows[0]])
            followed = waveforms if melody and self.info.melody else None
            conditioning = self._condition([prompts[row] for row in rows], followed, guided=False)
            columns = delay(codes, self._pad, self.info.channels)
            mask = self._audio_positions(columns, conditioning.prefix)
            with collect(chosen, mask, pooling, stride) as pooled:
                self._hear(columns, conditioning)
            # A prefix stands before the audio, and the start before its first frame.
            return pooled.capture(conditioning.prefix + 1)

        order: list[int] = []
        found: list[Capture] = []
        with exclusive(self.device), self._autocast(), cut_after(self.decoder, max(layers)):
            for rows, captured in self._batches.run(self._rows_of_one_length(prompts), hear):
                order += rows
                found.append(captured)
        captured = Capture.join(found).take([order.index(row) for row in range(len(audio))])
        if not (np.isfinite(captured.vectors).all() and np.isfinite(captured.rms).all()):
            raise self._overflow("hidden states")
        return captured

    def _overflow(self, what: str) -> ModelError:
        return ModelError(
            f"the {what} of {self.info.id} are not finite in {self.info.precision}",
            "Compute in another type, bfloat16 or float32: --set model.dtype or model.autocast",
        )

    @property
    def most_rows(self) -> int | None:
        """The most rows that it does at once, where its device was seen to take no more."""
        return self._batches.most

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

        def play(rows: Sequence[int]) -> Pieces:
            begin = None if opening is None else self._opening(opening[rows])
            total = torch.zeros(len(rows), device=self.device)
            drawing = self._frames(
                [prompts[row] for row in rows],
                [torch.Generator().manual_seed(seeds[row]) for row in rows],
                frames,
                sampling,
                None if steering is None else steering.select(rows),
                None if melody is None else torch.from_numpy(melody[rows]),
                begin,
                total,
            )
            # Whoever holds an error of a listener holds what was going on: it is to end here.
            with closing(drawing):
                drawn: Iterator[Tensor] = drawing
                if listener is not None:
                    hear = partial(listener, rows)
                    drawn = played(drawing, self._decode, hear, self.info, begin)
                # While it is played, the whole of it is not to be decoded as well.
                made = whole(list(drawn), self._decode, self.info, begin)
            # Tokens are drawn even then, and would sound as if nothing had happened.
            made[~total.isfinite().cpu().numpy()] = np.nan
            return made

        audio: list[Pieces] = [np.empty(0, np.float32)] * len(seeds)
        with exclusive(self.device), self._autocast(), releasing(self.device):
            for rows, made in self._batches.run(
                self._rows_of_one_length(prompts), play, again=listener is None
            ):
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
        total: Tensor,
    ) -> Generator[Tensor, None, None]:
        """Yield each frame of a batch as it is drawn, ``[rows, codebooks]``.

        What is longer than the model was made for is drawn in windows: each begins with the
        second half of the one before it, and hears the melody from there on. A row's logits are
        added to its ``total``, float32 ``[rows]``, which is not finite once any of them was not.
        """
        made = [] if opening is None else list(opening.codes.unbind(2))
        skipped = 0 if opening is None else opening.skipped
        end = len(made) + frames
        window = min(self._made_for, self._room(prompts[0]))
        while len(made) < end:
            start = max(0, len(made) - window // 2)
            followed = None
            if melody is not None:
                passed = round((skipped + start) / self.info.frame_rate * self.info.sample_rate)
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
                None if steering is None else steering.from_frame(skipped + start),
                total,
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
        total: Tensor,
    ) -> Generator[Tensor, None, None]:
        """Yield the frames after those that are given, within one window."""
        columns = given.shape[2] + frames + self.info.warm_up
        injection: Injection | None = None

        def step(new: Tensor) -> Tensor:
            if injection is not None:
                injection.start = decoder.seen
            logits = decoder.step(new)
            # With guidance each row is there twice.
            added = logits.sum((1, 2), dtype=torch.float32)
            total.add_(added.view(-1, len(total)).sum(0))
            return logits

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
        skipped = max(0, frames - self._made_for // 2)
        heard = torch.from_numpy(audio[..., skipped * samples :])
        return Opening(audio, self._encode(heard), skipped)
