"""A decoder while it plays: column after column, with keys and values of all before at hand.

The layers compute what those of Transformers compute, with the same weights and operations. But a
narrow model spends more time on the way through Transformers' modules than on its arithmetic: see
``benchmarks/generation.py``.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers.masking_utils import create_bidirectional_mask

from resonance_core.models.conditioning import Conditioning


class Attention:
    """The weights of one attention of Transformers, at hand.

    Args:
        module: A ``MusicgenAttention`` or its melody sibling.
    """

    def __init__(self, module: Any) -> None:
        self.heads: int = module.num_heads
        self._query, self._key = module.q_proj.weight, module.k_proj.weight
        self._value, self._out = module.v_proj.weight, module.out_proj.weight

    def queries(self, hidden: Tensor) -> Tensor:
        """Return ``[rows, heads, positions, width]`` of hidden states."""
        return self._split(functional.linear(hidden, self._query))

    def keys_and_values(self, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return both, ``[rows, heads, positions, width]``, of hidden states."""
        return (
            self._split(functional.linear(hidden, self._key)),
            self._split(functional.linear(hidden, self._value)),
        )

    def join(self, attended: Tensor) -> Tensor:
        """Return what ``[rows, heads, positions, width]`` add to the hidden states."""
        return functional.linear(attended.transpose(1, 2).flatten(2), self._out)

    def _split(self, projected: Tensor) -> Tensor:
        return projected.unflatten(2, (self.heads, -1)).transpose(1, 2)


class Norm:
    """The weights of a layer norm, at hand."""

    def __init__(self, module: nn.LayerNorm) -> None:
        self._settings = module.normalized_shape, module.weight, module.bias, module.eps

    def __call__(self, hidden: Tensor) -> Tensor:
        """Return the hidden states, normed."""
        return functional.layer_norm(hidden, *self._settings)


class DecodingLayer(nn.Module):
    """A layer that remembers the keys and values of the positions it has seen.

    A module, so that it takes the forward hooks that steer.

    Args:
        layer: Transformers' layer.
        positions: The most that it will see.
        cross: States to attend to beside the positions, and their mask; None for none.
    """

    def __init__(
        self, layer: Any, positions: int, cross: tuple[Tensor, Tensor | None] | None
    ) -> None:
        super().__init__()
        self._attention, self._norm = Attention(layer.self_attn), Norm(layer.self_attn_layer_norm)
        self._wide_norm = Norm(layer.final_layer_norm)
        self._widen, self._narrow = layer.fc1.weight, layer.fc2.weight
        self._activation: Callable[[Tensor], Tensor] = layer.activation_fn.forward
        self._positions, self._seen = positions, 0
        self._cross: tuple[Attention, Norm, Tensor, Tensor, Tensor | None] | None = None
        if cross is not None:
            states, mask = cross
            attention = Attention(layer.encoder_attn)
            norm = Norm(layer.encoder_attn_layer_norm)
            self._cross = (attention, norm, *attention.keys_and_values(states), mask)

    def forward(self, hidden: Tensor) -> Tensor:
        """Return the hidden states of the next positions, ``[rows, positions, hidden]``."""
        normed = self._norm(hidden)
        attended = functional.scaled_dot_product_attention(
            self._attention.queries(normed),
            *self._remember(*self._attention.keys_and_values(normed)),
            is_causal=hidden.shape[1] > 1,
        )
        hidden = hidden + self._attention.join(attended)
        if self._cross is not None:
            attention, norm, keys, values, mask = self._cross
            queries = attention.queries(norm(hidden))
            attended = functional.scaled_dot_product_attention(
                queries, keys, values, attn_mask=mask
            )
            hidden = hidden + attention.join(attended)
        wide = self._activation(functional.linear(self._wide_norm(hidden), self._widen))
        return hidden + functional.linear(wide, self._narrow)

    def _remember(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Return the keys and values of all positions so far, in memory that is taken once."""
        if self._seen == 0:
            rows, heads, _, width = keys.shape
            self._keys = keys.new_empty(rows, heads, self._positions, width)
            self._values = torch.empty_like(self._keys)
        start, self._seen = self._seen, self._seen + keys.shape[2]
        self._keys[:, :, start : self._seen] = keys
        self._values[:, :, start : self._seen] = values
        return self._keys[:, :, : self._seen], self._values[:, :, : self._seen]


class Decoding:
    """One batch of pieces, of known length, on their way through a decoder.

    Args:
        model: A MusicGen of Transformers, with or without melody.
        conditioning: What the batch is told.
        columns: The most that it will be given.

    Attributes:
        layers: What is steered: each puts out hidden states ``[rows, positions, hidden]``.
        seen: Positions so far, those of a prefix among them.
    """

    def __init__(self, model: Any, conditioning: Conditioning, columns: int) -> None:
        decoder = model.decoder.model.decoder
        states = conditioning.states
        cross = None
        if conditioning.prefix == 0:
            mask: Any = create_bidirectional_mask(
                config=decoder.config,
                inputs_embeds=states[:, :1],
                attention_mask=conditioning.cross_attention_mask,
                encoder_hidden_states=states,
            )
            cross = states, mask
        positions = conditioning.prefix + columns
        self.layers = [DecodingLayer(layer, positions, cross) for layer in decoder.layers]
        self.seen = 0
        self._prefix = states if conditioning.prefix else None
        self._embeddings = [embedding.weight for embedding in decoder.embed_tokens]
        self._places = decoder.embed_positions.weights
        self._norm = Norm(decoder.layer_norm)
        self._heads = [head.weight for head in model.decoder.lm_heads]

    def step(self, columns: Tensor) -> Tensor:
        """Take the next columns, and say what is likely after the last of them.

        All but the first step take one.

        Args:
            columns: ``[rows, codebooks, columns]``.

        Returns:
            Logits, ``[rows, codebooks, tokens]``.
        """
        last = self._norm(self.hidden(columns)[:, -1])
        return torch.stack([functional.linear(last, head) for head in self._heads], dim=1)

    def hidden(self, columns: Tensor) -> Tensor:
        """Take the next columns, and return what the last layer puts out.

        Returns:
            ``[rows, positions, hidden]``, in the first step with those of the prefix.
        """
        books = zip(columns.unbind(1), self._embeddings, strict=True)
        first, *others = [functional.embedding(tokens, weight) for tokens, weight in books]
        hidden = sum(others, start=first)  # one after another, as Transformers rounds
        if self._prefix is not None and self.seen == 0:
            hidden = torch.cat([self._prefix, hidden], dim=1)
        start, self.seen = self.seen, self.seen + hidden.shape[1]
        hidden = hidden + self._places[start : self.seen]
        for layer in self.layers:
            hidden = layer(hidden)
        return hidden
