import pytest
from pydantic import ValidationError

from resonance_core.config import PipelineConfig, rungs
from resonance_core.models.registry import model_info
from studio.errors import UnusableError
from studio.wanted import Wanted

CONFIG = PipelineConfig()
INFO = model_info(CONFIG.model)


def test_nothing_chosen_leaves_the_settings_of_the_service():
    wanted = Wanted(prompt="x", seed=1, duration_s=3)
    assert wanted.settings(CONFIG, INFO).steer == CONFIG.steer
    assert wanted.settings(CONFIG, INFO).generate.duration_s == 3


@pytest.mark.parametrize("name", rungs())
def test_a_recipe_is_a_rung_of_the_ladder(name):
    by_name, in_full = (
        Wanted(prompt="x", seed=1, steer=steer) for steer in (name, {"recipe": name})
    )
    assert by_name == in_full
    found = by_name.settings(CONFIG, INFO).steer
    chosen = PipelineConfig.model_validate({"steer": name}).steer
    assert found == chosen


def test_layers_are_steered_as_strongly_as_is_said():
    steer = {"recipe": "conditional", "layers": {"4": 0.5, "2": 1, "3": 0}}
    wanted = Wanted.model_validate({"prompt": "x", "steer": steer})
    found = wanted.settings(CONFIG, INFO).steer
    assert (found.layers, found.words) == ({2: 1.0, 4: 0.5}, False)
    again = Wanted.model_validate(wanted.model_dump(mode="json"))  # as a creation keeps it
    assert again.settings(CONFIG, INFO) == wanted.settings(CONFIG, INFO)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"prompt": " \n"}, "the prompt is empty"),
        ({"steer": "best"}, "no recipe 'best'; known are seed, centred"),
        ({"steer": {"layers": {"1": 0}}}, "at least one layer"),
        ({"steer": {"layers": {"1": -1}}}, "greater than or equal to 0"),
        ({"steer": {"layers": {"first": 1}}}, "valid integer"),
        ({"steer": {"rung": "seed"}}, "Extra inputs"),
        ({"aggregate": {"mode": "mean"}}, "name the playlist"),
        ({"playlist": "mine", "aggregate": {"mode": "time_select"}}, "windows_s go together"),
    ],
)
def test_what_cannot_be_used_is_refused(wrong, words):
    with pytest.raises(ValidationError, match=words):
        Wanted.model_validate({"prompt": "x", **wrong})


def test_a_layer_that_the_model_lacks_is_refused():
    wanted = Wanted(prompt="x", seed=1, steer={"layers": {1: 1, 9: 1}})
    with pytest.raises(UnusableError, match=r"layer 9 of nano .* the layers 0, 1, 2, 3, 4, 5"):
        wanted.settings(CONFIG, INFO)
