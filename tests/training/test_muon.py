import torch
from torch import nn

from training.muon import Muon, orthogonalise


def test_singular_values_come_near_one():
    matrices = torch.randn(3, 24, 48, generator=torch.Generator().manual_seed(0))
    values = torch.linalg.svdvals(orthogonalise(matrices))
    assert values.min() > 0.5
    assert values.max() < 1.4
    tall = orthogonalise(matrices.mT)
    torch.testing.assert_close(tall, orthogonalise(matrices).mT)


def test_a_linear_map_is_learnt():
    torch.manual_seed(0)
    target, weight = torch.randn(16, 32), nn.Parameter(torch.zeros(16, 32))
    optimizer = Muon([weight], lr=0.05, weight_decay=0.0)
    for _ in range(200):
        x = torch.randn(64, 32)
        loss = (x @ (weight - target).T).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert (weight - target).norm() < 0.1 * target.norm()


def test_parameters_without_a_gradient_stay():
    still, moved = nn.Parameter(torch.ones(4, 4)), nn.Parameter(torch.ones(4, 4))
    optimizer = Muon([still, moved], lr=0.1)
    moved.square().sum().backward()
    optimizer.step()
    assert torch.equal(still, torch.ones(4, 4))
    assert not torch.equal(moved, torch.ones(4, 4))
