"""MusicGen through AudioCraft, the library that it was made with."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from audiocraft.modules.conditioners import WavCondition
from torch import Tensor, nn

from resonance_core.models.audiocraft_files import MELODY, PROMPT
from resonance_core.models.base import ModelInfo
from resonance_core.models.conditioning import Conditioning
from resonance_core.models.musicgen import MusicgenModel


class AudioCraftModel(MusicgenModel):
    """A loaded MusicGen.

    In half precision it computes as AudioCraft does: by autocast, with the embeddings, the norms
    and the residual stream in float32. An empty prompt is no prompt to it; Transformers is told the
    token of the prompt's end.

    Args:
        lm: An ``LMModel``, on its device.
        codec: A ``CompressionModel``, there too; of stereo models it interleaves the channels.
        segment_s: The longest piece that it was trained on, in seconds.
        info: What the model is.
    """

    def __init__(self, lm: Any, codec: Any, segment_s: float, info: ModelInfo) -> None:
        super().__init__(
            info,
            lm.transformer,
            next(lm.parameters()).device,
            pad=lm.special_token_id,
            made_for=round(segment_s * info.frame_rate),
        )
        self.lm = lm
        self.codec = codec
        self._conditioners = lm.condition_provider.conditioners

    def _tokens(self, prompt: str) -> int:
        tokenized = self._conditioners[PROMPT].tokenize([prompt])
        ids = tokenized[0] if isinstance(tokenized, tuple) else tokenized["input_ids"]
        length: int = ids.shape[1]
        return length

    def _room(self, prompt: str) -> int:
        # Positions are computed, not learned: there is an end only to what it was trained on.
        return self._made_for

    def _condition(
        self, prompts: Sequence[str], melody: Tensor | None, *, guided: bool
    ) -> Conditioning:
        with self._autocast(enabled=False):
            encoded = {prompt: self._told(prompt) for prompt in prompts}
            told = {PROMPT: torch.cat([encoded[prompt] for prompt in prompts])}
            nothing = {PROMPT: torch.zeros_like(told[PROMPT])}
            if self.info.melody:
                silence = nothing[MELODY] = self._follow(None).expand(len(prompts), -1, -1)
                followed = [self._follow(one) for one in melody] if melody is not None else None
                told[MELODY] = silence if followed is None else torch.cat(followed)
            if guided:
                told = {name: torch.cat([rows, nothing[name]]) for name, rows in told.items()}
            # The library puts it all together: before the first of no positions at all.
            begin = told[PROMPT][:, :0]
            prefix, attended = self.lm.fuser(begin, {k: (v, None) for k, v in told.items()})
        return Conditioning(
            states=prefix if attended is None else attended,
            cross_attention_mask=None,  # AudioCraft attends to padding, which is 0
            prefix=prefix.shape[1],
        )

    def _told(self, prompt: str) -> Tensor:
        """Return what the model is told of a prompt, ``[1, tokens, hidden]``; none is 0."""
        conditioner = self._conditioners[PROMPT]
        # AudioCraft's word tokenizer makes no token at all of "".
        states: Tensor = conditioner(conditioner.tokenize([prompt or None]))[0]
        return states

    def _follow(self, melody: Tensor | None) -> Tensor:
        """Return what the model is told of a melody, ``[1, frames, hidden]``."""
        conditioner = self._conditioners[MELODY]
        audio = torch.zeros(1) if melody is None else melody
        length = torch.tensor([0 if melody is None else len(melody)])
        wave = WavCondition(audio[None, None], length, [self.info.sample_rate], [None])
        with _same_choices():
            states: Tensor = conditioner(conditioner.tokenize(wave))[0]
        return states

    def _hear(self, columns: Tensor, conditioning: Conditioning) -> None:
        AudioCraftDecoding(self.lm, conditioning).hidden(columns)

    @contextmanager
    def _incremental(
        self, conditioning: Conditioning, columns: int
    ) -> Iterator["AudioCraftDecoding"]:
        # Layers that are compiled are so for listening: each column would be another shape.
        with torch.compiler.set_stance("force_eager"), self.lm.transformer.streaming():
            yield AudioCraftDecoding(self.lm, conditioning)

    def _encode(self, waveforms: Tensor) -> Tensor:
        sides = waveforms.to(self.device).expand(-1, self.info.channels, -1)
        with self._autocast(enabled=False):
            codes = [self.codec.encode(one[None])[0] for one in sides]
        return torch.cat(codes)

    def _decode(self, codes: Tensor) -> Tensor:
        with self._autocast(enabled=False):
            audio: Tensor = self.codec.decode(codes, None)
        return audio.float()

    def _autocast(self, *, enabled: bool = True) -> torch.autocast:
        dtype = getattr(torch, self.info.precision)
        enabled = enabled and dtype != torch.float32
        return torch.autocast(self.device.type, dtype if enabled else None, enabled=enabled)


class AudioCraftDecoding:
    """One batch of pieces on their way through AudioCraft's decoder.

    Its layers remember what they have seen where they are ``streaming``.

    Args:
        lm: An ``LMModel``.
        conditioning: What the batch is told.

    Attributes:
        layers: What is steered: each puts out hidden states ``[rows, positions, hidden]``.
        seen: Positions so far, those of a prefix among them.
    """

    def __init__(self, lm: Any, conditioning: Conditioning) -> None:
        self.layers: Sequence[nn.Module] = lm.transformer.layers
        self.seen = 0
        self._lm = lm
        self._prefix = conditioning.states if conditioning.prefix else None
        self._attended = None if conditioning.prefix else conditioning.states

    def step(self, columns: Tensor) -> Tensor:
        """Take the next columns, and say what is likely after the last of them.

        Args:
            columns: ``[rows, codebooks, columns]``.

        Returns:
            Logits, ``[rows, codebooks, tokens]``.
        """
        last = self.hidden(columns)[:, -1]
        if self._lm.out_norm is not None:
            last = self._lm.out_norm(last)
        return torch.stack([head(last) for head in self._lm.linears], dim=1)

    def hidden(self, columns: Tensor) -> Tensor:
        """Take the next columns, and return what the last layer puts out.

        Returns:
            ``[rows, positions, hidden]``, in the first step with those of the prefix.
        """
        books = zip(self._lm.emb, columns.unbind(1), strict=True)
        hidden = sum(embedding(tokens) for embedding, tokens in books)
        if self._prefix is not None and self.seen == 0:
            hidden = torch.cat([self._prefix, hidden], dim=1)
        self.seen += hidden.shape[1]
        out: Tensor = self._lm.transformer(hidden, cross_attention_src=self._attended)
        return out


@contextmanager
def _same_choices() -> Iterator[None]:
    """Have what Demucs chooses at random be the same each time, and nobody else notice."""
    state = random.getstate()
    random.seed(0)
    try:
        yield
    finally:
        random.setstate(state)
