"""MusicGen through Hugging Face Transformers: melody models and text-only ones."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

import numpy as np
import torch
from transformers import (
    BatchEncoding,
    MusicgenMelodyFeatureExtractor,
    PreTrainedTokenizerBase,
)

from resonance_core.config import Pooling, SamplingConfig
from resonance_core.errors import ModelError
from resonance_core.gpu import exclusive, releasing
from resonance_core.models.base import (
    Capture,
    Listener,
    ModelInfo,
    MusicModel,
    Pieces,
    Waveforms,
    check_layers,
)
from resonance_core.models.conditioning import Conditioning, condition, encode_text, prefix_length
from resonance_core.models.decoding import Decoding
from resonance_core.models.delay import delay
from resonance_core.models.fitting import FittingBatches
from resonance_core.models.sampling import sample_frames
from resonance_core.models.streaming import Opening, played, whole
from resonance_core.steering.collect import collect, cut_after
from resonance_core.steering.inject import Injection, Steering, inject


class TransformersModel(MusicModel):
    """A loaded MusicGen.

    Args:
        model: A ``MusicgenForConditionalGeneration`` or its melody sibling, on its device.
        tokenizer: The text encoder's.
        chroma: Computes a melody's chroma; None for models that take no melody.
        info: What the model is.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: PreTrainedTokenizerBase,
        chroma: MusicgenMelodyFeatureExtractor | None,
        info: ModelInfo,
    ) -> None:
        self.info = info
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.chroma = chroma
        self.layers: Sequence[torch.nn.Module] = model.decoder.model.decoder.layers
        self.device: torch.device = model.device
        self._pad: int = model.config.decoder.pad_token_id
        self._prompt_length = _prompt_length(tokenizer)
        self._batches = FittingBatches(self.device)
        longest = model.generation_config.max_length or model.config.decoder.max_position_embeddings
        self._made_for: int = longest - info.warm_up
        """The longest piece that it was trained on, in frames."""

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
        decoder = self.model.decoder.model.decoder

        def hear(rows: Sequence[int]) -> Capture:
            waveforms = torch.from_numpy(audio[rows])
            codes = self._encode(waveforms[:, None])
            features = self._chroma(waveforms) if melody and self.info.melody else None
            conditioning = self._condition([prompts[row] for row in rows], features, guided=False)
            self._check_length(codes.shape[2], conditioning.prefix)
            columns = delay(codes, self._pad, self.info.channels)
            mask = self._audio_positions(columns, conditioning.prefix)
            with collect(chosen, mask, pooling, stride) as pooled:
                decoder(
                    input_ids=columns.flatten(0, 1),
                    encoder_hidden_states=conditioning.states,
                    encoder_attention_mask=conditioning.cross_attention_mask,
                    use_cache=False,
                )
            # A prefix stands before the audio, and the start before its first frame.
            return pooled.capture(conditioning.prefix + 1)

        order: list[int] = []
        found: list[Capture] = []
        with exclusive(self.device), self._autocast(), cut_after(decoder, max(layers)):
            for rows, captured in self._batches.run(self._rows_of_one_length(prompts), hear):
                order += rows
                found.append(captured)
        return Capture.join(found).take([order.index(row) for row in range(len(audio))])

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
        if melody is not None and self.chroma is None:
            raise ModelError(
                f"{self.info.id} cannot follow a melody", "Choose a melody model, or leave it out"
            )
        frames = max(1, round(duration_s * self.info.frame_rate))

        def play(rows: Sequence[int]) -> Pieces:
            begin = None if opening is None else self._opening(opening[rows])
            drawn = self._frames(
                [prompts[row] for row in rows],
                [torch.Generator().manual_seed(seeds[row]) for row in rows],
                frames,
                sampling,
                None if steering is None else steering.select(rows),
                None if melody is None else torch.from_numpy(melody[rows]),
                begin,
            )
            if listener is not None:
                hear = partial(listener, rows)
                drawn = played(drawn, self._decode, hear, self.info, begin)
            # While it is played, the whole of it is not to be decoded as well.
            return whole(list(drawn), self._decode, self.info, begin)

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
        melody: torch.Tensor | None,
        opening: Opening | None,
    ) -> Iterator[torch.Tensor]:
        """Yield each frame of a batch as it is drawn, ``[rows, codebooks]``.

        What is longer than the model was made for is drawn in windows: each begins with the
        second half of the one before it, and hears the melody from there on.
        """
        made = [] if opening is None else list(opening.codes.unbind(2))
        end = len(made) + frames
        tokens = self._tokenize(prompts[0])["input_ids"].shape[1]
        window = min(self._made_for, self._room(prefix_length(self.model, tokens)))
        while len(made) < end:
            start = max(0, len(made) - window // 2)
            chroma = None
            if melody is not None:
                passed = round(start / self.info.frame_rate * self.info.sample_rate)
                chroma = self._chroma(melody.roll(-passed % melody.shape[1], dims=1))
            conditioning = self._condition(prompts, chroma, guided=sampling.guidance_scale > 1)
            given = made[start:]
            shape = (len(prompts), self.info.codebooks, 0)
            for frame in self._draw(
                conditioning,
                torch.stack(given, dim=2) if given else torch.empty(shape).long().to(self.device),
                min(end - len(made), window - len(given)),
                generators,
                sampling,
                None if steering is None else steering.from_frame(start),
            ):
                made.append(frame)
                yield frame

    def _draw(
        self,
        conditioning: Conditioning,
        given: torch.Tensor,
        frames: int,
        generators: Sequence[torch.Generator],
        sampling: SamplingConfig,
        steering: Steering | None,
    ) -> Iterator[torch.Tensor]:
        """Yield the frames after those that are given, within one window."""
        columns = given.shape[2] + frames + self.info.warm_up
        decoding = Decoding(self.model, conditioning, columns)
        injection: Injection | None = None

        def step(new: torch.Tensor) -> torch.Tensor:
            if injection is not None:
                injection.start = decoding.seen
            return decoding.step(new)

        with ExitStack() as stack:
            if steering is not None:
                steered = inject(decoding.layers, steering, conditioning.prefix)
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

    def _decode(self, codes: torch.Tensor) -> torch.Tensor:
        """Return the audio, ``[rows, channels, samples]``, of codes ``[rows, codebooks, frames]``.

        The codec is mono: it decodes the codebooks of each channel by themselves.
        """
        channels = self.info.channels
        codec, scales = self.model.audio_encoder, [None] * len(codes)
        with self._autocast(enabled=False):
            audio = [
                codec.decode(codes[None, :, channel::channels], audio_scales=scales).audio_values
                for channel in range(channels)
            ]
        return torch.cat(audio, dim=1).float()

    def _encode(self, waveforms: torch.Tensor) -> torch.Tensor:
        """Return the tokens, ``[rows, codebooks, frames]``, of ``[rows, channels, samples]``.

        Each channel of each chunk is encoded alone: tokens are discrete, and in another batch
        rounding could tip one of them over. A stereo model hears mono on both sides.
        """
        audio = waveforms.to(self.device, self.model.dtype).flatten(0, 1)[:, None, None]
        with self._autocast(enabled=False):
            codes = [self.model.audio_encoder.encode(one).audio_codes[0] for one in audio]
        by_channel = torch.cat(codes).unflatten(0, waveforms.shape[:2])
        sides = by_channel.expand(-1, self.info.channels, -1, -1)
        return sides.transpose(1, 2).flatten(1, 2)

    def _chroma(self, waveforms: torch.Tensor) -> torch.Tensor:
        """Return the chroma of each chunk, one-hot ``[rows, frames, pitch classes]``."""
        assert self.chroma is not None
        features = self.chroma(
            list(waveforms), sampling_rate=self.info.sample_rate, return_tensors="pt"
        )["input_features"]
        return features.to(self.device, self.model.dtype)

    def _tokenize(self, prompt: str) -> BatchEncoding:
        return self.tokenizer(
            prompt,
            padding="max_length" if self._prompt_length else False,
            max_length=self._prompt_length,
            return_tensors="pt",
        ).to(self.device)

    def _rows_of_one_length(self, prompts: Sequence[str]) -> list[list[int]]:
        """Return the rows whose prompts have as many tokens: padding would move the audio."""
        lengths: dict[int, list[int]] = {}
        for row, prompt in enumerate(prompts):
            lengths.setdefault(self._tokenize(prompt)["input_ids"].shape[1], []).append(row)
        return list(lengths.values())

    def _condition(
        self, prompts: Sequence[str], chroma: torch.Tensor | None, *, guided: bool
    ) -> Conditioning:
        """Condition a batch on prompts of one length.

        Each prompt is encoded once and alone, so that the batch makes no difference.
        """
        tokens = {prompt: self._tokenize(prompt) for prompt in prompts}
        encoded = {
            prompt: encode_text(self.model, found["input_ids"], found["attention_mask"])
            for prompt, found in tokens.items()
        }
        return condition(
            self.model,
            text=torch.cat([encoded[prompt] for prompt in prompts]),
            mask=torch.cat([tokens[prompt]["attention_mask"] for prompt in prompts]),
            chroma=chroma,
            guided=guided,
        )

    def _audio_positions(self, columns: torch.Tensor, prefix: int) -> torch.Tensor:
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

    def _check_length(self, frames: int, prefix: int) -> None:
        if frames > (room := self._room(prefix)):
            raise ModelError(
                f"{frames / self.info.frame_rate:g} s is more than {self.info.id} can take at once",
                f"Ask for at most {room / self.info.frame_rate:.1f} s",
            )

    def _room(self, prefix: int) -> int:
        """Return how many frames have room beside a prefix.

        Raises:
            ModelError: None.
        """
        positions = self.model.config.decoder.max_position_embeddings
        room: int = positions - prefix - self.info.warm_up
        if room < 1:
            raise ModelError(
                f"the prompt is too long: with it {prefix} of {positions} positions are taken",
                "Say it in fewer words",
            )
        return room


def _prompt_length(tokenizer: PreTrainedTokenizerBase) -> int | None:
    """Return the tokens that prompts are padded to; None if the model knows no such length.

    A model that was trained with prompts of one length says so in its tokenizer's file. Where
    text is prepended, its length decides at which position the audio starts.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    padding = backend.padding if backend is not None else None
    return padding["length"] if padding else None
