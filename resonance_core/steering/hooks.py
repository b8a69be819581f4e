"""What every forward hook on a decoder layer needs: its hidden states, and its removal."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

HiddenHook = Callable[[int, torch.Tensor], torch.Tensor | None]
"""Gets a layer's place in the list and its hidden states ``[rows, positions, hidden]``; returns
their replacement, or None to leave them."""


@contextmanager
def hidden_state_hooks(layers: Sequence[nn.Module], hook: HiddenHook) -> Iterator[None]:
    """Call ``hook`` with the hidden states each layer puts out, until the context ends.

    Some layers put out a tensor, some a tuple that starts with it; what the caller holds is
    never changed in place. The hooks are gone afterwards, whatever happens inside.
    """

    def make(place: int) -> Callable[..., Any]:
        def forward_hook(_module: nn.Module, _inputs: Any, output: Any) -> Any:
            is_tuple = isinstance(output, tuple)
            replacement = hook(place, output[0] if is_tuple else output)
            if replacement is None:
                return None
            return (replacement, *output[1:]) if is_tuple else replacement

        return forward_hook

    handles = []
    try:
        for place, layer in enumerate(layers):
            handles.append(layer.register_forward_hook(make(place)))
        yield
    finally:
        for handle in handles:
            handle.remove()
