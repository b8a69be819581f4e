"""Calibration: all strengths in one batch, against one steered piece after another."""

from collections.abc import Sequence

from benchmarks.measure import Figure, compare, timed
from benchmarks.steering import random_steering
from resonance_core.config import RuntimeConfig
from resonance_core.config_file import load_config
from resonance_core.models.registry import load_model


def calibration_batch() -> Figure:
    """Generate the trials of a calibration with the embedded model, at its own settings."""
    config = load_config()
    trial = config.calibrate
    model = load_model(config.model, RuntimeConfig())

    def generate(strengths: Sequence[float]) -> None:
        model.generate(
            trial.prompts[:1] * len(strengths),
            seeds=[trial.seed] * len(strengths),
            duration_s=trial.duration_s,
            sampling=config.sampling,
            steering=random_steering(model.info, strengths),
        )

    def one_by_one() -> None:
        for strength in trial.strengths:
            generate([strength])

    generate(trial.strengths)  # the first call of a process takes longer
    return compare(
        "calibration_batch",
        numerator=("batch", timed(lambda: generate(trial.strengths))),
        denominator=("one_by_one", timed(one_by_one)),
        target=0.4,
        better="lower",
        repeats=3,
        model=model.info.id,
        conditions={"strengths": len(trial.strengths), "duration_s": trial.duration_s},
    )
