import torch
from torch import nn

from resonance_core.steering.collect import collect


def test_means_and_rms_are_over_the_positions_the_mask_keeps():
    hidden = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(0))
    mask = torch.tensor([[0, 1, 1, 1, 0], [0, 0, 1, 0, 0]], dtype=torch.bool)
    layer = nn.Identity()
    with collect([layer, layer], mask) as pooled:
        layer(hidden)
    assert pooled.means.shape == (2, 2, 3)
    torch.testing.assert_close(pooled.means[0, 0], hidden[0, 1:4].mean(0))
    torch.testing.assert_close(pooled.means[1, 1], hidden[1, 2])
    torch.testing.assert_close(pooled.rms[0, 0], hidden[0, 1:4].square().mean().sqrt())


def test_half_precision_is_pooled_in_float32():
    hidden = torch.full((1, 4096, 2), 1.001, dtype=torch.float16)
    with collect([layer := nn.Identity()], torch.ones(1, 4096, dtype=torch.bool)) as pooled:
        layer(hidden)
    assert pooled.means.dtype == torch.float32
    torch.testing.assert_close(pooled.means[0, 0], hidden[0, 0].float())
