import weakref

import numpy as np
import pytest
import torch
from torch import nn

from resonance_core.steering.collect import collect, cut_after


class Doubled(nn.Module):
    """A layer whose output is a tensor of its own."""

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        return 2 * states


def test_means_and_rms_are_over_the_positions_the_mask_keeps():
    hidden = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(0))
    mask = torch.tensor([[0, 1, 1, 1, 0], [0, 0, 1, 0, 0]], dtype=torch.bool)
    layer = nn.Identity()
    with collect([layer, layer], mask) as pooled:
        layer(hidden)
    found = pooled.capture()
    assert found.vectors.shape == (2, 2, 3)
    np.testing.assert_allclose(found.vectors[0, 0], hidden[0, 1:4].mean(0), rtol=1e-6)
    np.testing.assert_array_equal(found.vectors[1, 1], hidden[1, 2])
    np.testing.assert_allclose(found.rms[0, 0], hidden[0, 1:4].square().mean().sqrt(), rtol=1e-6)
    assert (found.std, found.frames) == (None, None)


def test_half_precision_is_pooled_in_float32():
    hidden = torch.full((1, 4096, 2), 1.001, dtype=torch.float16)
    with collect([layer := nn.Identity()], torch.ones(1, 4096, dtype=torch.bool)) as pooled:
        layer(hidden)
    assert pooled.capture().vectors.dtype == np.float32
    np.testing.assert_allclose(pooled.capture().vectors[0, 0], hidden[0, 0].float(), rtol=1e-6)


@pytest.mark.parametrize("pooling", ["mean", "mean+std", "last", "strided"])
def test_what_is_pooled_is_what_numpy_makes_of_the_whole_and_the_whole_is_not_kept(pooling):
    hidden = torch.randn(2, 9, 3, generator=torch.Generator().manual_seed(0)) + 1
    mask = torch.tensor([[0, 0, 1, 1, 1, 1, 1, 1, 1]] * 2, dtype=torch.bool)
    stride = 3 if pooling == "strided" else None
    with collect([layer := Doubled()], mask, pooling, stride) as pooled:
        whole = weakref.ref(layer(hidden))
        assert whole() is None
    found, audio = pooled.capture(start=1), 2 * hidden[:, 2:].numpy()
    expected = {"last": audio[:, -1], "strided": audio[:, ::3]}.get(pooling, audio.mean(1))
    np.testing.assert_allclose(found.vectors[:, 0], expected, rtol=1e-6)
    np.testing.assert_allclose(found.rms[:, 0] ** 2, np.square(audio).mean((1, 2)), rtol=1e-6)
    if pooling == "mean+std":
        np.testing.assert_allclose(found.std[:, 0], audio.std(1), rtol=1e-6)
    assert (found.std is not None) == (pooling == "mean+std")
    assert (None if found.frames is None else found.frames.tolist()) == (
        [1, 4, 7] if pooling == "strided" else None
    )


def test_a_decoder_is_cut_and_whole_again_after_an_error():
    decoder = nn.Module()
    decoder.layers = whole = nn.ModuleList([nn.Identity() for _ in range(4)])
    with cut_after(decoder, 1):
        assert list(decoder.layers) == list(whole)[:2]
    assert decoder.layers is whole
    with pytest.raises(ZeroDivisionError), cut_after(decoder, 1):
        raise ZeroDivisionError
    assert decoder.layers is whole
