"""Steering: one piece of music with a direction added, against the same piece without."""

from benchmarks.measure import Figure, compare, timed
from benchmarks.steering import random_steering
from resonance_core.config import RuntimeConfig
from resonance_core.config_file import load_config
from resonance_core.models.registry import load_model
from resonance_core.steering.inject import Steering

DURATION_S = 5.0


def steered_generation() -> Figure:
    """Generate one row with the embedded model."""
    config = load_config()
    model = load_model(config.model, RuntimeConfig())
    steering = random_steering(model.info, [1.0])

    def generate(added: Steering | None) -> None:
        model.generate(
            ["music"], seeds=[0], duration_s=DURATION_S, sampling=config.sampling, steering=added
        )

    generate(steering)  # the first call of a process takes longer
    return compare(
        "steered_generation",
        numerator=("steered", timed(lambda: generate(steering))),
        denominator=("plain", timed(lambda: generate(None))),
        target=1.03,
        better="lower",
        repeats=7,
        model=model.info.id,
        conditions={"rows": 1, "duration_s": DURATION_S},
    )
