"""MusicGen through Hugging Face Transformers: melody models and text-only ones."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from transformers import (
    BatchEncoding,
    MusicgenMelodyFeatureExtractor,
    PreTrainedTokenizerBase,
)

from resonance_core.errors import ModelError
from resonance_core.models.base import ModelInfo
from resonance_core.models.conditioning import Conditioning, condition, encode_text, prefix_length
from resonance_core.models.decoding import Decoding
from resonance_core.models.musicgen import MusicgenModel


class TransformersModel(MusicgenModel):
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
        longest = model.generation_config.max_length or model.config.decoder.max_position_embeddings
        super().__init__(
            info,
            model.decoder.model.decoder,
            model.device,
            pad=model.config.decoder.pad_token_id,
            made_for=longest - info.warm_up,
        )
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.chroma = chroma
        self._prompt_length = _prompt_length(tokenizer)

    def _tokenize(self, prompt: str) -> BatchEncoding:
        return self.tokenizer(
            prompt,
            padding="max_length" if self._prompt_length else False,
            max_length=self._prompt_length,
            return_tensors="pt",
        ).to(self.device)

    def _tokens(self, prompt: str) -> int:
        length: int = self._tokenize(prompt)["input_ids"].shape[1]
        return length

    def _room(self, prompt: str) -> int:
        positions = self.model.config.decoder.max_position_embeddings
        prefix = prefix_length(self.model, self._tokens(prompt))
        room: int = positions - prefix - self.info.warm_up
        if room < 1:
            raise ModelError(
                f"the prompt is too long: with it {prefix} of {positions} positions are taken",
                "Say it in fewer words",
            )
        return room

    def _condition(
        self, prompts: Sequence[str], melody: Tensor | None, *, guided: bool
    ) -> Conditioning:
        tokens = {prompt: self._tokenize(prompt) for prompt in prompts}
        encoded = {
            prompt: encode_text(self.model, found["input_ids"], found["attention_mask"])
            for prompt, found in tokens.items()
        }
        return condition(
            self.model,
            text=torch.cat([encoded[prompt] for prompt in prompts]),
            mask=torch.cat([tokens[prompt]["attention_mask"] for prompt in prompts]),
            chroma=None if melody is None else self._chroma(melody),
            guided=guided,
        )

    def _chroma(self, waveforms: Tensor) -> Tensor:
        """Return the chroma of each chunk, one-hot ``[rows, frames, pitch classes]``."""
        assert self.chroma is not None
        features = self.chroma(
            list(waveforms), sampling_rate=self.info.sample_rate, return_tensors="pt"
        )["input_features"]
        return features.to(self.device, self.model.dtype)

    def _hear(self, columns: Tensor, conditioning: Conditioning) -> None:
        self.decoder(
            input_ids=columns.flatten(0, 1),
            encoder_hidden_states=conditioning.states,
            encoder_attention_mask=conditioning.cross_attention_mask,
            use_cache=False,
        )

    def _incremental(
        self, conditioning: Conditioning, columns: int
    ) -> AbstractContextManager[Decoding]:
        return nullcontext(Decoding(self.model, conditioning, columns))

    def _encode(self, waveforms: Tensor) -> Tensor:
        audio = waveforms.to(self.device, self.model.dtype).flatten(0, 1)[:, None, None]
        with self._autocast(enabled=False):
            codes = [self.model.audio_encoder.encode(one).audio_codes[0] for one in audio]
        by_channel = torch.cat(codes).unflatten(0, waveforms.shape[:2])
        sides = by_channel.expand(-1, self.info.channels, -1, -1)
        return sides.transpose(1, 2).flatten(1, 2)

    def _decode(self, codes: Tensor) -> Tensor:
        # The codec is mono: it decodes the codebooks of each channel by themselves.
        channels = self.info.channels
        codec, scales = self.model.audio_encoder, [None] * len(codes)
        with self._autocast(enabled=False):
            audio = [
                codec.decode(codes[None, :, channel::channels], audio_scales=scales).audio_values
                for channel in range(channels)
            ]
        return torch.cat(audio, dim=1).float()


def _prompt_length(tokenizer: PreTrainedTokenizerBase) -> int | None:
    """Return the tokens that prompts are padded to; None if the model knows no such length.

    A model that was trained with prompts of one length says so in its tokenizer's file. Where
    text is prepended, its length decides at which position the audio starts.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    padding = backend.padding if backend is not None else None
    return padding["length"] if padding else None
