"""Conditioning: what a MusicGen decoder is told before and while it plays.

The text-only models attend to it; the melody models have it prepended to the audio: first the
chroma of a melody, then the text.
"""

from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Conditioning:
    """What the decoder is told.

    Attributes:
        states: ``[rows, length, hidden]``; with guidance the unconditional rows follow the
            conditional ones.
        cross_attention_mask: ``[rows, length]`` for models that attend to the states.
        prefix: Positions that the states take before the audio; 0 for models that attend.
    """

    states: torch.Tensor
    cross_attention_mask: torch.Tensor | None
    prefix: int


def encode_text(model: Any, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
    """Return what the decoder is told of prompts, ``[prompts, tokens, hidden]``; 0 for padding.

    Args:
        model: A MusicGen of Transformers, with or without melody.
        input_ids: ``[prompts, tokens]``.
        attention_mask: Which of them count, ``[prompts, tokens]``.
    """
    text = model.text_encoder(input_ids=input_ids, attention_mask=attention_mask)[0]
    if hasattr(model, "enc_to_dec_proj"):
        text = model.enc_to_dec_proj(text)
    return text * attention_mask[..., None]


def condition(
    model: Any,
    *,
    text: torch.Tensor,
    mask: torch.Tensor,
    chroma: torch.Tensor | None,
    guided: bool,
) -> Conditioning:
    """Return the conditioning of a batch.

    Args:
        model: A MusicGen of Transformers, with or without melody.
        text: Each row's encoded prompt, ``[rows, tokens, hidden]``.
        mask: Which tokens count, ``[rows, tokens]``.
        chroma: One-hot chroma of a melody a row, ``[rows, frames, pitch classes]``; None for
            no melody.
        guided: Append as many unconditional rows.
    """
    rows = len(text)
    if guided:
        # Unconditional is: no text at all (the projection's bias neither), no melody.
        text = torch.cat([text, torch.zeros_like(text)])
        mask = torch.cat([mask, torch.zeros_like(mask)])
    if not hasattr(model, "audio_enc_to_dec_proj"):
        return Conditioning(states=text, cross_attention_mask=mask, prefix=0)
    melody = chroma if chroma is not None else _no_melody(model, rows, 1)
    if guided:
        melody = torch.cat([melody, _no_melody(model, rows, melody.shape[1])])
    melody = _tile(model.audio_enc_to_dec_proj(melody), model.config.chroma_length)
    states = torch.cat([melody, text], dim=1)
    return Conditioning(states=states, cross_attention_mask=None, prefix=states.shape[1])


def prefix_length(model: Any, tokens: int) -> int:
    """Return the positions that the conditioning on a prompt takes before the audio.

    Args:
        model: A MusicGen of Transformers, with or without melody.
        tokens: Of the prompt.
    """
    if not hasattr(model, "audio_enc_to_dec_proj"):
        return 0
    chroma: int = model.config.chroma_length
    return chroma + tokens


def _no_melody(model: Any, rows: int, frames: int) -> torch.Tensor:
    """Return the chroma that stands for no melody: pitch class 0 throughout."""
    chroma = torch.zeros(
        rows, frames, model.config.num_chroma, device=model.device, dtype=model.dtype
    )
    chroma[..., 0] = 1
    return chroma


def _tile(states: torch.Tensor, length: int) -> torch.Tensor:
    """Repeat or cut ``[rows, frames, hidden]`` to ``length`` frames, as the models were trained."""
    repeats = -(-length // states.shape[1])
    return states.repeat(1, repeats, 1)[:, :length]
