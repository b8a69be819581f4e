import torch

from resonance_core.steering.combine import combine


def directions(*vectors: list[float]) -> list[torch.Tensor]:
    """Directions of one layer."""
    return [torch.tensor([vector]) for vector in vectors]


def test_one_direction_is_added_as_it_is():
    single = torch.randn(4, 8)
    total = combine([single], torch.tensor([[0.0], [0.5]]), budget=4)
    torch.testing.assert_close(total, torch.stack([0 * single, 0.5 * single]))
    assert not total[0].any()


def test_a_later_direction_takes_nothing_back_from_the_first():
    first, second = directions([1.0, 0.0], [-0.6, 0.8])
    total = combine([first, second], torch.tensor([[1.0, 1.0]]), budget=4)
    torch.testing.assert_close(total, torch.tensor([[[1.0, 0.8]]]))


def test_directions_are_at_right_angles_in_every_layer():
    drawn = [torch.randn(6, 32, generator=torch.Generator().manual_seed(i)) for i in range(4)]
    apart = combine(drawn, torch.eye(4), budget=9)
    inner = torch.einsum("alh,blh->lab", apart, apart)
    diagonal = inner.diagonal(dim1=1, dim2=2)
    torch.testing.assert_close(inner, torch.diag_embed(diagonal), rtol=0, atol=1e-3)
    torch.testing.assert_close(apart[0], drawn[0])


def test_all_share_one_budget():
    parts = directions([1.0, 0.0], [0.0, 1.0])
    total = combine(parts, torch.tensor([[3.0, 4.0], [0.3, 0.4]]), budget=2)
    torch.testing.assert_close(total, torch.tensor([[[1.2, 1.6]], [[0.3, 0.4]]]))


def test_the_budget_is_that_of_each_layer():
    first = torch.tensor([[10.0, 0.0], [1.0, 0.0]])
    total = combine([first, 0 * first], torch.tensor([[5.0, 0.0]]), budget=2)
    torch.testing.assert_close(total, torch.tensor([[[20.0, 0.0], [2.0, 0.0]]]))


def test_one_direction_alone_is_not_limited():
    (single,) = directions([1.0, 0.0])
    assert combine([single], torch.tensor([[5.0]]), budget=2).norm() == 5


def test_layers_that_one_direction_leaves_out_are_the_others():
    first, second = torch.tensor([[1.0, 0.0], [0.0, 0.0]]), torch.tensor([[1.0, 1.0], [1.0, 1.0]])
    total = combine([first, second], torch.tensor([[0.0, 1.0]]), budget=4)
    torch.testing.assert_close(total, torch.tensor([[[0.0, 1.0], [1.0, 1.0]]]))


def test_what_only_repeats_the_first_adds_nothing():
    first, second = directions([1.0, 2.0], [2.0, 4.0])
    total = combine([first, second], torch.tensor([[0.0, 1.0]]), budget=4)
    assert total.abs().max() < 1e-6
