"""Calibrate: measure a direction's usable range, again or with other settings."""

from prefect import flow

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.store.records import Outcome, Record
from tasks.calibrate import calibrate as calibrate_task


@flow(name="calibrate", persist_result=False)
def calibrate(direction: Record, config: PipelineConfig) -> Outcome:
    """Measure one direction's range."""
    return calibrate_task.submit(direction, config, RuntimeConfig()).result()
