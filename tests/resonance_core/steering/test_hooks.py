import pytest
import torch
from torch import nn

from resonance_core.steering.hooks import hidden_state_hooks


class TupleLayer(nn.Module):
    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, str]:
        return x + 1, "attention"


def test_tensors_and_tuples_are_replaced_without_touching_what_callers_hold():
    layers = [nn.Identity(), TupleLayer()]
    x = torch.zeros(1, 2, 3)
    with hidden_state_hooks(layers, lambda place, hidden: hidden + 10 * (place + 1)):
        plain, (first, rest) = layers[0](x), layers[1](x)
    assert (plain == 10).all()
    assert (first == 21).all()
    assert rest == "attention"
    assert (x == 0).all()


def test_hooks_are_gone_after_an_exception():
    layers = [nn.Identity(), nn.Identity()]
    with pytest.raises(RuntimeError, match="inside"), hidden_state_hooks(layers, lambda *_: None):
        raise RuntimeError("inside")
    assert all(not layer._forward_hooks for layer in layers)


def test_hooks_are_gone_when_one_cannot_be_set():
    layer = nn.Identity()
    with (
        pytest.raises(AttributeError),
        hidden_state_hooks([layer, object()], lambda *_: None),  # type: ignore[list-item]
    ):
        pass
    assert not layer._forward_hooks
