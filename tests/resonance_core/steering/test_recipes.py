import numpy as np
import pytest
import torch

from resonance_core.config import CalibrateConfig, SteerConfig
from resonance_core.config_file import parse_config
from resonance_core.errors import ModelError, ResonanceError
from resonance_core.steering.direction import Direction
from resonance_core.steering.recipes import (
    RESIDUAL_SHARE,
    check_model,
    displacement,
    envelope,
    steer,
)
from resonance_core.steering.vocabulary import Vocabulary

SCALE = np.array([10.0, 20.0, 30.0, 40.0, 50.0], np.float32)


def direction(info, per_layer, layers=None, **heard) -> Direction:
    vectors = np.asarray(per_layer, np.float32)
    count = len(vectors)
    layers = list(range(count)) if layers is None else layers
    metadata = {
        "kind": "playlist",
        "model": {"id": info.id, "revision": info.revision},
        "layers": layers,
        "config": {"extract": {"layers": layers, "prompt": "", "melody": True, **heard}},
    }
    one = vectors.mean(0)
    return Direction(vectors, one / np.linalg.norm(one), SCALE[:count], SCALE[:count], metadata)


@pytest.fixture
def info(tiny_melody):
    """A model of five layers."""
    return tiny_melody.info


@pytest.fixture
def drawn(info):
    """A direction of all its layers."""
    return direction(info, np.random.default_rng(0).normal(size=(info.layers, info.hidden_size)))


@pytest.fixture
def other(info):
    """Another one."""
    return direction(info, np.random.default_rng(1).normal(size=(info.layers, info.hidden_size)))


def rung(name: str) -> SteerConfig:
    return parse_config({"steer": name}).steer


def test_the_seed_recipe_adds_one_unit_vector_at_every_layer(info, drawn):
    added = displacement(drawn, None, info, rung("seed"))
    expected = torch.from_numpy(drawn.one_to_all).expand(info.layers, -1)
    torch.testing.assert_close(added, expected)


def test_the_seed_recipe_reaches_layers_that_were_not_extracted(info, drawn):
    some = direction(info, drawn.per_layer[[1, 3]], layers=[1, 3])
    added = displacement(some, None, info, rung("seed"))
    expected = torch.from_numpy(some.one_to_all).expand(info.layers, -1)
    torch.testing.assert_close(added, expected)


def test_a_centred_direction_points_from_the_reference_to_the_playlist(info, drawn, other):
    added = displacement(drawn, other, info, rung("per-layer"))
    difference = torch.from_numpy(drawn.per_layer - other.per_layer)
    torch.testing.assert_close(added, difference / difference.norm(dim=-1, keepdim=True))


def test_residual_scale_adds_a_share_of_the_norm_in_all_layers_together(info, drawn, other):
    added = displacement(drawn, other, info, rung("residual-scale"))
    each = torch.from_numpy(RESIDUAL_SHARE / info.layers * SCALE[: info.layers])
    torch.testing.assert_close(added.norm(dim=-1), each)
    two = displacement(drawn, other, info, SteerConfig(layers={1: 1.0, 3: -0.25}))
    torch.testing.assert_close(
        two.norm(dim=-1)[[1, 3]], torch.tensor([0.8 * 20, 0.2 * 40]) * RESIDUAL_SHARE
    )


def test_only_the_layers_asked_for_are_steered(info, drawn):
    def lengths(layers) -> list[float]:
        config = SteerConfig(layers=layers, scale="unit")
        return displacement(drawn, None, info, config).norm(dim=-1).round(decimals=4).tolist()

    assert lengths("all") == [1, 1, 1, 1, 1]
    assert lengths("middle-third") == [0, 1, 1, 1, 0]
    assert lengths((3,)) == [0, 0, 0, 1, 0]
    assert lengths({0: 0.25, 2: 2.0}) == [0.25, 0, 2, 0, 0]


def test_a_direction_of_some_layers_steers_those(info, drawn):
    some = direction(info, drawn.per_layer[[1, 3]], layers=[1, 3])
    added = displacement(some, None, info, SteerConfig(scale="unit", layers="all"))
    assert added.norm(dim=-1).round(decimals=4).tolist() == [0, 1, 0, 1, 0]
    with pytest.raises(ModelError, match=r"layer 2 cannot be steered.*the layers 1, 3 of"):
        displacement(some, None, info, SteerConfig(layers=(2,)))


def test_a_reference_of_other_layers_is_refused(info, drawn, other):
    some = direction(info, other.per_layer[[1, 3]], layers=[1, 3])
    with pytest.raises(ModelError, match=r"reference was heard with the layers \[1, 3\]"):
        displacement(drawn, some, info, SteerConfig(layers="all"))


@pytest.mark.parametrize("heard", [{"prompt": "calm"}, {"melody": False}])
def test_a_reference_that_was_heard_otherwise_is_refused(info, drawn, other, heard):
    told = direction(info, other.per_layer, **heard)
    [setting] = heard
    with pytest.raises(ModelError, match=f"reference was heard .*Use one extract.{setting} for"):
        displacement(drawn, told, info, SteerConfig(layers="all"))


def test_a_reference_of_another_model_is_refused(info, drawn, other):
    stranger = direction(info.model_copy(update={"id": "a", "revision": "b"}), other.per_layer)
    with pytest.raises(ModelError, match="reference was made with 'a'"):
        displacement(drawn, stranger, info, SteerConfig(layers="all"))


def test_a_playlist_that_no_prompt_describes_is_added_as_it_was_heard(info, drawn, other):
    alike = np.ones((2, info.layers, info.hidden_size), np.float32)
    deaf = Vocabulary(("a", "b"), tuple(range(info.layers)), heard=alike, told=alike)
    config = SteerConfig(layers="all")
    plain = displacement(drawn, other, info, config)
    torch.testing.assert_close(displacement(drawn, other, info, config, None, deaf), plain)


def test_a_direction_that_is_its_own_reference_points_nowhere(info, drawn):
    with pytest.raises(ResonanceError, match="nothing is left of the direction"):
        displacement(drawn, drawn, info, SteerConfig())


def test_a_direction_of_another_model_is_refused(info, drawn, nano):
    with pytest.raises(ModelError, match=r"was made with .* not with 'nano'"):
        displacement(drawn, None, nano.info, SteerConfig())
    check_model(drawn, info)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, None),
        ({"start_s": 0.2, "end_s": 0.4}, [0, 0, 1, 1, 0, 0]),
        ({"end_s": 0.3}, [1, 1, 1, 0, 0, 0]),
        ({"ramp_s": 0.4}, [0.25, 0.5, 0.75, 1, 1, 1]),
        ({"start_s": 0.1, "end_s": 0.5, "ramp_s": 0.2}, [0, 0.5, 1, 1, 0.5, 0]),
    ],
)
def test_the_envelope_sets_in_and_ends_when_it_shall(settings, expected):
    found = envelope(SteerConfig(**settings), 0.6, 10)
    if expected is None:
        assert found is None
    else:
        torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float32))


def test_a_steering_carries_what_the_recipe_says(info):
    config = SteerConfig(rows="conditional", positions="all", keep_norm=True, end_s=0.5)
    steering = steer(torch.ones(1, info.layers, info.hidden_size), config, 1.0, info)
    assert (steering.rows, steering.positions, steering.keep_norm) == ("conditional", "all", True)
    assert steering.envelope is not None
    assert steering.envelope.sum() == 0.5 * info.frame_rate


def test_an_end_before_the_start_is_refused():
    with pytest.raises(ValueError, match=r"end_s 1\.0 must lie after start_s 2\.0"):
        SteerConfig(start_s=2, end_s=1)


def test_by_effect_each_layer_gets_its_share(info, drawn):
    config = SteerConfig(layers="by-effect")
    added = displacement(drawn, None, info, config, effects={1: 0.9, 3: 0.1})
    lengths = torch.tensor([0, 0.9 * 20, 0, 0.1 * 40, 0]) * RESIDUAL_SHARE
    torch.testing.assert_close(added.norm(dim=-1), lengths)
    unit = displacement(
        drawn, None, info, SteerConfig(layers="by-effect", scale="unit"), effects={1: 0.08, 3: 0.02}
    )
    torch.testing.assert_close(unit.norm(dim=-1), torch.tensor([0, 1, 0, 0.25, 0]))


@pytest.mark.parametrize("layers", [(), {}, {2: 0.0}])
def test_layers_that_steer_nothing_are_refused(layers):
    with pytest.raises(ValueError, match="layers steer nothing"):
        SteerConfig(layers=layers)


def test_trials_rise_from_the_piece_without_strength():
    for strengths in ((0.5, 1.0), (0.0, 2.0, 1.0), (0.0,)):
        with pytest.raises(ValueError, match="must rise from 0"):
            CalibrateConfig(strengths=strengths)
