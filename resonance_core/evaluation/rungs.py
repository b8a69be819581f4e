"""Rungs of the ladder: which one a recipe is, and a config with another."""

from resonance_core.config import PipelineConfig, rungs
from resonance_core.config_file import parse_config
from resonance_core.errors import ConfigError


def with_rung(config: PipelineConfig, rung: str) -> PipelineConfig:
    """Return a config with the recipe of a rung."""
    return config.model_copy(update={"steer": parse_config({"steer": rung}).steer})


def name_of_rung(config: PipelineConfig) -> str:
    """Return which rung of the ladder a config's recipe is.

    Raises:
        ConfigError: It is none.
    """
    for rung in rungs():
        if with_rung(config, rung).steer == config.steer:
            return rung
    raise ConfigError(
        "the recipe is no rung of configs/ladder.yaml, with which it could be compared",
        f"Choose one with --set steer=NAME: {', '.join(rungs())}",
    )
