"""Preparation: what it takes to add a stored direction is found or made."""

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.models.registry import model_info
from resonance_core.stages.aggregate import AGGREGATE
from resonance_core.stages.layer_effects import layer_effects
from resonance_core.stages.part import Part
from resonance_core.stages.reference import reference
from resonance_core.steering.recipes import check_model
from resonance_core.store.directions import DIRECTION, read_direction
from resonance_core.store.records import Record
from resonance_core.store.store import Store


def prepare(
    direction: Record, config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> Part:
    """Return a direction with its reference and its layers' effects, made if they are not there.

    Only a playlist's direction is centred: a concept's is a difference already.

    Raises:
        ModelError: The direction was made with another model, for which none is made.
    """
    check_model(read_direction(store.path(direction, DIRECTION)), model_info(config.model))
    centred = config.steer.centre and direction.stage == AGGREGATE.name
    found = Part(direction, reference(config, store, runtime).record if centred else None)
    if config.steer.layers != "by-effect":
        return found
    return found._replace(effects=layer_effects(found, config, store, runtime).record)
