import pytest
import torch
from torch import nn

from resonance_core.steering.inject import Steering, inject


def run(steering: Steering, hidden: torch.Tensor, prefix: int = 0, start: int = 0) -> torch.Tensor:
    """One pass through a single layer."""
    layer = nn.Identity()
    with inject([layer], steering, prefix) as injection:
        injection.start = start
        return layer(hidden)


def test_steering_is_hidden_state_arithmetic():
    layers = [nn.Identity(), nn.Identity()]
    displacements = torch.tensor([[[0.0, 0.0], [0.0, 0.0]], [[1.0, 2.0], [3.0, 4.0]]])
    hidden = torch.randn(2, 3, 2)
    with inject(layers, Steering(displacements), prefix=0):
        first, second = layers[0](hidden), layers[1](hidden)
    torch.testing.assert_close(first[1], hidden[1] + displacements[1, 0])
    torch.testing.assert_close(second[1], hidden[1] + displacements[1, 1])
    assert torch.equal(first[0], hidden[0])


def test_both_guidance_rows_get_the_displacement_of_their_piece():
    steering = Steering(torch.tensor([[[1.0, 1.0]], [[2.0, 2.0]]]))
    out = run(steering, torch.zeros(4, 3, 2))  # two conditional rows, then the unconditional ones
    assert out[:, 0, 0].tolist() == [1.0, 2.0, 1.0, 2.0]


def test_only_conditional_rows_are_steered_where_asked():
    steering = Steering(torch.ones(2, 1, 2), rows="conditional")
    hidden = torch.randn(4, 3, 2)
    out = run(steering, hidden)
    torch.testing.assert_close(out[:2], hidden[:2] + 1)
    assert torch.equal(out[2:], hidden[2:])


def test_the_prefix_is_left_alone_where_asked():
    steering = Steering(torch.ones(1, 1, 2), positions="audio")
    hidden = torch.randn(1, 6, 2)
    out = run(steering, hidden, prefix=4)
    assert torch.equal(out[:, :4], hidden[:, :4])
    torch.testing.assert_close(out[:, 4:], hidden[:, 4:] + 1)
    torch.testing.assert_close(run(steering, hidden, prefix=4, start=6), hidden + 1)


def test_a_pass_that_ends_within_the_prefix_is_not_steered():
    hidden = torch.randn(1, 3, 2)
    steering = Steering(torch.ones(1, 1, 2), positions="audio", keep_norm=True)
    assert torch.equal(run(steering, hidden, prefix=9), hidden)


def test_kept_norms_are_those_before():
    hidden = torch.randn(2, 5, 64)
    steering = Steering(torch.randn(2, 1, 64) * 4, keep_norm=True)
    out = run(steering, hidden)
    torch.testing.assert_close(out.norm(dim=-1), hidden.norm(dim=-1), rtol=1e-5, atol=0)
    assert (out - hidden).abs().max() > 0.1


def test_a_displacement_of_zero_changes_no_bit_of_its_row_even_with_kept_norms():
    hidden = torch.randn(2, 50, 64)
    displacements = torch.stack([torch.zeros(1, 64), torch.ones(1, 64)])
    out = run(Steering(displacements, keep_norm=True), hidden)
    assert torch.equal(out[0], hidden[0])
    assert not torch.equal(out[1], hidden[1])


def test_the_envelope_follows_the_audio_frames_and_its_end_goes_on():
    envelope = torch.tensor([0.0, 0.5, 1.0])
    steering = Steering(torch.ones(1, 1, 2), positions="audio", envelope=envelope)
    first = run(steering, torch.zeros(1, 4, 2), prefix=2)
    assert first[0, :, 0].tolist() == [0, 0, 0, 0.5]
    later = run(steering, torch.zeros(1, 3, 2), prefix=2, start=4)
    assert later[0, :, 0].tolist() == [1, 1, 1]


def test_the_prefix_gets_the_first_value_of_an_envelope():
    steering = Steering(torch.ones(1, 1, 2), envelope=torch.tensor([0.5, 1.0]))
    assert run(steering, torch.zeros(1, 3, 2), prefix=2)[0, :, 0].tolist() == [0.5, 0.5, 0.5]


def test_layers_without_displacement_get_no_hook():
    layers = [nn.Identity(), nn.Identity()]
    displacements = torch.zeros(1, 2, 4)
    displacements[0, 1] = 1
    with inject(layers, Steering(displacements), prefix=0):
        assert [len(layer._forward_hooks) for layer in layers] == [0, 1]


def test_rows_can_be_selected():
    steering = Steering(torch.arange(6.0).reshape(3, 1, 2), rows="conditional", keep_norm=True)
    selected = steering.select([2, 0])
    assert selected.displacements[:, 0, 0].tolist() == [4, 0]
    assert (selected.rows, selected.keep_norm) == ("conditional", True)


def test_steering_follows_the_models_type():
    out = run(Steering(torch.ones(1, 1, 2)), torch.zeros(1, 1, 2, dtype=torch.float16))
    assert out.dtype == torch.float16


def test_a_steering_for_another_number_of_layers_is_refused():
    with (
        pytest.raises(ValueError, match="displacements of 3 layers cannot steer 1 layers"),
        inject([nn.Identity()], Steering(torch.ones(1, 3, 2)), prefix=0),
    ):
        pass
