from itertools import pairwise
from pathlib import Path

import pytest
import yaml

import configs
from resonance_core.config import SteerConfig
from resonance_core.config_file import load_config, parse_config
from resonance_core.errors import ConfigError


def rungs() -> dict[str, SteerConfig]:
    with (Path(configs.__file__).parent / "ladder.yaml").open() as file:
        names = list(yaml.safe_load(file))
    return {name: parse_config({"steer": name}).steer for name in names}


def test_the_first_rung_is_the_original_recipe():
    name, seed = next(iter(rungs().items()))
    assert name == "seed"
    assert (seed.vectors, seed.centre, seed.scale) == ("one-to-all", False, "unit")
    assert (seed.layers, seed.positions, seed.rows, seed.keep_norm) == ("all", "all", "both", False)


def test_each_rung_changes_one_thing():
    ladder = list(rungs().values())
    for lower, higher in pairwise(ladder):
        before, after = lower.model_dump(), higher.model_dump()
        assert sum(before[field] != after[field] for field in before) == 1


def test_the_default_is_a_rung():
    assert load_config(environment={}).steer == rungs()["in-words"]


def test_an_unknown_rung_is_refused():
    with pytest.raises(ConfigError, match="no rung 'sedd'; known are seed, centred"):
        load_config(overrides=["steer=sedd"], environment={})


def test_single_settings_can_be_changed():
    steer = load_config(overrides=["steer.layers={2: 1.0, 4: 0.5}"], environment={}).steer
    assert steer.layers == {2: 1.0, 4: 0.5}
    with pytest.raises(ConfigError, match=r"steer\.rows"):
        load_config(overrides=["steer.rows=none"], environment={})
