"""Calibrate: measure a direction's usable range, again or with other settings."""

from prefect import flow

from flows.settings import DEFAULTS, Settings
from resonance_core.config import RuntimeConfig
from resonance_core.stages.directions import find_direction
from resonance_core.store.open import open_store
from resonance_core.store.playlists import update_range
from resonance_core.store.records import Outcome
from tasks.calibrate import calibrate as calibrate_task


@flow(name="calibrate", persist_result=False)
def calibrate(name_or_key: str, settings: Settings = DEFAULTS) -> Outcome:
    """Measure one direction's range, and keep it as the playlist's where a playlist is named.

    Args:
        name_or_key: An ingested playlist's name, or a direction's key.
        settings: The model, the recipe, and how strengths are tried.

    Raises:
        ConfigError: A setting cannot be used.
        ModelError: The model cannot be found, or the direction is another model's.
        NotInStoreError: There is no such playlist or direction.
    """
    runtime = RuntimeConfig()
    store = open_store(runtime.store)
    direction = find_direction(name_or_key, store)
    outcome = calibrate_task.submit(direction, settings.read(), runtime).result()
    update_range(store, name_or_key, direction, outcome.record)
    return outcome
