"""Preparation: what it takes to add a stored direction is found or made."""

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.models.registry import model_info
from resonance_core.stages.aggregate import AGGREGATE
from resonance_core.stages.layer_effects import layer_effects
from resonance_core.stages.part import Part
from resonance_core.stages.reference import reference
from resonance_core.stages.vocabulary import vocabulary
from resonance_core.steering.recipes import check_model
from resonance_core.store.directions import DIRECTION, read_direction
from resonance_core.store.records import Record
from resonance_core.store.store import Store


def prepare(
    direction: Record, config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> Part:
    """Return a direction with all that it takes to add it, made if it is not there.

    Only a playlist's direction is centred and put into words: a concept's is a difference, and
    the sliders' are of words, already.

    Raises:
        ModelError: The direction was made with another model, for which none is made.
    """
    check_model(read_direction(store.path(direction, DIRECTION)), model_info(config.model))
    found = Part(direction, None)
    if direction.stage == AGGREGATE.name:
        if config.steer.centre:
            found = found._replace(reference=reference(config, store, runtime).record)
        if config.steer.in_words:
            found = found._replace(vocabulary=vocabulary(config, store, runtime).record)
    if config.steer.layers != "by-effect":
        return found
    return found._replace(effects=layer_effects(found, config, store, runtime).record)
