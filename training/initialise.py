"""Where the language model starts: with what is known about codes, captions and bars.

Which codes are neighbours and at what distances music repeats is known, and steps are few: the
model starts from it rather than find it out.
"""

from typing import Any

import torch
from torch import Tensor

from training.composer import SIXTEENTHS_PER_BAR, TEMPO_SIXTEENTHS

CLOCK_PAIRS = 24
"""Sinusoids of the position, the fastest ones, whose dimensions hold nothing else at the start."""
SHARPNESS = 3.0
"""Scale of the queries and keys that compare positions: most attention falls on one frame."""
BAR_LAYERS = 2
"""The first layers, which share the distances among their heads."""


@torch.no_grad()
def start_from_codebooks(model: Any) -> None:
    """Start embeddings and heads from the codebooks, so that similar codes start similar."""
    generator = torch.Generator().manual_seed(3)
    decoder = model.decoder
    width = model.config.decoder.hidden_size
    for quantizer, codebook in enumerate(model.audio_encoder.quantizer.codebooks.float()):
        spread = codebook.std(0)
        entries = (codebook - codebook.mean(0)) / (spread.mean() + 0.3 * spread)
        entries = entries / entries.std() / entries.shape[1] ** 0.5
        to_embedding, to_head = (
            torch.randn(entries.shape[1], width, generator=generator) for _ in range(2)
        )
        embedding = decoder.model.decoder.embed_tokens[quantizer].weight
        embedding[: len(entries)] = 0.5 * entries @ to_embedding
        embedding[:, clock_dimensions(width)] = 0
        decoder.lm_heads[quantizer].weight.copy_(0.06 * entries @ to_head)


@torch.no_grad()
def start_from_text(model: Any, mean: Tensor, std: Tensor) -> None:
    """Start the projections of text and chroma; captions centred, with an RMS of 1.5.

    Args:
        model: Whose projections.
        mean: Mean of encoded captions, ``[text width]``.
        std: Their standard deviation, ``[text width]``.
    """
    generator = torch.Generator().manual_seed(4)
    width = model.config.decoder.hidden_size
    weight = torch.randn(width, len(mean), generator=generator) / len(mean) ** 0.5 / std
    model.enc_to_dec_proj.weight.copy_(1.5 * weight)
    model.enc_to_dec_proj.bias.copy_(-1.5 * weight @ mean)
    model.audio_enc_to_dec_proj.weight.normal_(0, 1.0, generator=generator)
    model.audio_enc_to_dec_proj.bias.zero_()
    for projection in (model.enc_to_dec_proj, model.audio_enc_to_dec_proj):
        projection.weight[clock_dimensions(width)] = 0
        projection.bias[clock_dimensions(width)] = 0


@torch.no_grad()
def start_from_bars(model: Any) -> None:
    """Let a head of the first layers look one bar back, for each tempo of the corpus.

    Its queries and keys see the sinusoids of the position only. Turned by an angle that is
    proportional to a distance, a query equals the key at that distance.
    """
    bars = [SIXTEENTHS_PER_BAR * sixteenth for level in TEMPO_SIXTEENTHS for sixteenth in level]
    layers = model.decoder.model.decoder.layers
    for i, bar in enumerate(bars):
        # The position of a code holds the one before: a bar back, what follows is one nearer.
        _look_back(layers[i % BAR_LAYERS].self_attn, head=i // BAR_LAYERS, distance=bar - 1)


def _look_back(attention: Any, head: int, distance: int) -> None:
    width, head_width = attention.embed_dim, attention.head_dim
    speed = 10_000 ** (-torch.arange(CLOCK_PAIRS) / (width // 2 - 1))  # radians a frame
    cosine, sine = torch.cos(speed * distance), torch.sin(speed * distance)
    first = head * head_width
    pair = torch.arange(CLOCK_PAIRS)
    rows, cos_dimension, sin_dimension = first + 2 * pair, pair, width // 2 + pair
    for projection in (attention.q_proj, attention.k_proj):
        projection.weight[first : first + head_width] = 0
    attention.k_proj.weight[rows, cos_dimension] = SHARPNESS
    attention.k_proj.weight[rows + 1, sin_dimension] = SHARPNESS
    attention.q_proj.weight[rows, cos_dimension] = SHARPNESS * cosine
    attention.q_proj.weight[rows, sin_dimension] = SHARPNESS * sine
    attention.q_proj.weight[rows + 1, cos_dimension] = -SHARPNESS * sine
    attention.q_proj.weight[rows + 1, sin_dimension] = SHARPNESS * cosine


def clock_dimensions(width: int) -> Tensor:
    """Return the dimensions of the fastest sinusoids, as MusicGen lays them out."""
    pair = torch.arange(CLOCK_PAIRS)
    return torch.cat([pair, width // 2 + pair])
