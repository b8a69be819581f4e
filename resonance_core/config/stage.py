"""What all settings that enter a key have in common, and the ones that ship."""

import importlib.resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict


class StageConfig(BaseModel):
    """Base of every config whose values enter a key."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )


def shipped(name: str) -> Any:
    """Return what a YAML file in ``configs`` holds."""
    return yaml.safe_load(importlib.resources.files("configs").joinpath(name).read_text())
