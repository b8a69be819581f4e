import pytest
import torch
from torch import nn

from resonance_core.steering.inject import Steering, inject


def test_steering_is_hidden_state_arithmetic():
    layers = [nn.Identity(), nn.Identity()]
    vectors = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    steering = Steering(vectors=vectors, strengths=torch.tensor([0.0, 0.5]))
    hidden = torch.randn(2, 3, 2)
    with inject(layers, steering):
        first, second = layers[0](hidden), layers[1](hidden)
    torch.testing.assert_close(first[1], hidden[1] + 0.5 * vectors[0])
    torch.testing.assert_close(second[1], hidden[1] + 0.5 * vectors[1])
    assert torch.equal(first[0], hidden[0])


def test_both_guidance_rows_get_the_strength_of_their_piece():
    layer = nn.Identity()
    steering = Steering(vectors=torch.ones(1, 2), strengths=torch.tensor([1.0, 2.0]))
    with inject([layer], steering):
        out = layer(torch.zeros(4, 3, 2))  # two conditional rows, then the two unconditional ones
    assert out[:, 0, 0].tolist() == [1.0, 2.0, 1.0, 2.0]


def test_steering_follows_the_models_type():
    layer = nn.Identity()
    steering = Steering(vectors=torch.ones(1, 2), strengths=torch.ones(1))
    with inject([layer], steering):
        assert layer(torch.zeros(1, 1, 2, dtype=torch.float16)).dtype == torch.float16


def test_a_steering_for_another_number_of_layers_is_refused():
    steering = Steering(vectors=torch.ones(3, 2), strengths=torch.ones(1))
    with (
        pytest.raises(ValueError, match="3 vectors cannot steer 1 layers"),
        inject([nn.Identity()], steering),
    ):
        pass
