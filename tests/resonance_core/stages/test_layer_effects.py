import numpy as np

from resonance_core.config import RuntimeConfig, SteerConfig
from resonance_core.config_file import parse_config
from resonance_core.models.base import mono
from resonance_core.stages.directions import find_direction
from resonance_core.stages.layer_effects import layer_effects
from resonance_core.stages.prepare import prepare
from resonance_core.steering.inject import Steering

CPU = RuntimeConfig(device="cpu")


def test_the_effect_of_a_layer_is_how_far_it_moves_what_the_model_hears(example_store, quick, nano):
    tried = prepare(find_direction("example", example_store), quick, example_store, CPU)
    found = layer_effects(tried, quick, example_store, CPU).record.info
    axis = tried.axis(example_store)
    alone = tried.displacement(SteerConfig(layers=(3,)), nano.info, example_store)
    heard = []
    for sign in (-1, 1):
        steering = Steering(
            sign * quick.scan.strength * alone[None], rows="conditional", positions="audio"
        )
        audio = nano.generate(
            ["music"], seeds=[0], duration_s=0.5, sampling=quick.sampling, steering=steering
        )
        captured = nano.capture(mono(audio), layers=range(6), prompts=[""], melody=False)
        heard.append(captured.vectors[0])
    shift = (heard[1] - heard[0]) / 2
    expected = ((shift * axis).sum(-1) / np.square(axis).sum(-1)).mean()
    np.testing.assert_allclose(found["effects"][3], expected, rtol=1e-2, atol=1e-3)


def test_no_recipe_measures_again(example_store, quick):
    tried = prepare(find_direction("example", example_store), quick, example_store, CPU)
    for rung in ("by-effect", "kept-norm"):
        other = quick.model_copy(update={"steer": parse_config({"steer": rung}).steer})
        assert layer_effects(tried, other, example_store, CPU).hit
