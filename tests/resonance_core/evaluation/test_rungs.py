import pytest

from resonance_core.config import rungs
from resonance_core.config_file import load_config
from resonance_core.errors import ConfigError
from resonance_core.evaluation.rungs import name_of_rung, with_rung


def test_every_rung_is_found_by_its_settings():
    config = load_config(environment={})
    for rung in rungs():
        assert name_of_rung(with_rung(config, rung)) == rung


def test_a_recipe_of_ones_own_is_no_rung():
    own = load_config(overrides=["steer.budget=2.0"], environment={})
    with pytest.raises(ConfigError, match=r"no rung of configs/ladder\.yaml"):
        name_of_rung(own)
