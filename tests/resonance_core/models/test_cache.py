import torch
from transformers import DynamicCache

from resonance_core.models.cache import PreallocatedLayer, preallocated_cache

WIDTH = 8


def states(positions: int, seed: int) -> torch.Tensor:
    """Keys or values, [rows, heads, positions, width]."""
    return torch.randn(2, 4, positions, WIDTH, generator=torch.Generator().manual_seed(seed))


def test_it_returns_what_a_growing_cache_returns():
    ours, theirs = preallocated_cache(layers=2, positions=16), DynamicCache()
    for step, length in enumerate((5, 1, 1, 9)):
        for layer in range(2):
            keys, values = states(length, step), states(length, step + 100 * layer)
            found = ours.self_attention_cache.update(keys, values, layer)
            wanted = theirs.update(keys, values, layer)
            assert all(map(torch.equal, found, wanted))
        assert ours.get_seq_length() == theirs.get_seq_length()


def test_its_memory_is_taken_once():
    layer = PreallocatedLayer(positions=3)
    assert layer.get_seq_length() == 0
    first, _ = layer.update(states(2, 0), states(2, 1))
    second, _ = layer.update(states(1, 2), states(1, 3))
    assert second.data_ptr() == first.data_ptr()
    assert second.shape == (2, 4, 3, WIDTH)
