"""Steering: what can be chosen about how directions are made and added."""

from typing import get_args

from fastapi import APIRouter
from pydantic import BaseModel

from resonance_core.config import AggregateConfig, SteerConfig, rungs
from resonance_core.models.capabilities import CAPABILITIES
from resonance_core.stages.extract import choose_layers
from studio.service import Served

router = APIRouter(tags=["generations"])


class Steering(BaseModel):
    """The choices, as generations take them."""

    recipes: list[str]
    """Each one step further than the one before."""
    recipe: str | None
    """The one that is used if none is chosen; None where the settings are no recipe's."""
    layers: list[int]
    """Those of the model that can be steered."""
    modes: list[str]
    """How a playlist's tracks can be weighed."""
    mode: str
    """How they are if nothing is chosen."""


@router.get("/steering")
def steering(service: Served) -> Steering:
    """Return what can be chosen of this service's model; nothing where it cannot be steered."""
    config, info = service.config, service.model
    if not CAPABILITIES[info.backend].steer:
        return Steering(recipes=[], recipe=None, layers=[], modes=[], mode=config.aggregate.mode)
    known = {name: SteerConfig.model_validate(rung) for name, rung in rungs().items()}
    return Steering(
        recipes=list(known),
        recipe=next((name for name, recipe in known.items() if recipe == config.steer), None),
        layers=list(choose_layers(config.extract, info)),
        modes=list(get_args(AggregateConfig.model_fields["mode"].annotation)),
        mode=config.aggregate.mode,
    )
