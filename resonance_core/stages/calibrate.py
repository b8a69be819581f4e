"""Calibrate: a direction is tried at rising strengths, in one batch, to find what is usable."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from resonance_core.audio.descriptors import describe
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.keys import Stage
from resonance_core.models.registry import load_model, model_info
from resonance_core.steering.calibrate import usable_range
from resonance_core.steering.inject import Steering
from resonance_core.steering.recipes import analytic_upper, check_model, seed_vectors
from resonance_core.store.directions import DIRECTION, read_direction
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store

CALIBRATE = Stage(name="calibrate", version=1)


def calibrate(
    direction: Record, config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> Outcome:
    """Return the record of a direction's usable range, measuring it if it is not there.

    Its ``info`` holds the ``range`` (``low``, ``high``, ``recommended``; None where no strength
    is usable), the ``curve`` (for each strength whether it is ``usable``, and the audio's
    descriptors; audio that is not finite never is) and the ``analytic_upper`` bound that the
    direction's norm sets.

    Args:
        direction: The record of the direction.
        config: The model, its sampling, the recipe, and the trials.
        store: Holds the direction and takes the calibration.
        runtime: The device.

    Raises:
        ModelError: The direction was made with another model.
    """
    info = model_info(config.model)
    trial = config.calibrate
    request = CALIBRATE.request(
        {
            "model": info.identity(),
            "sampling": config.sampling.model_dump(mode="json"),
            "recipe": config.generate.recipe,
            **trial.model_dump(mode="json"),
        },
        {"direction": direction.digest(DIRECTION)},
    )

    def make(_folder: Path) -> dict[str, Any]:
        loaded = read_direction(store.path(direction, DIRECTION))
        check_model(loaded, info)
        vectors = seed_vectors(loaded, info.layers)
        audio = load_model(config.model, runtime).generate(
            trial.prompt,
            seeds=[trial.seed] * len(trial.strengths),
            duration_s=trial.duration_s,
            sampling=config.sampling,
            steering=Steering(vectors=vectors, strengths=torch.tensor(trial.strengths)),
        )
        described = [describe(np.nan_to_num(row), info.sample_rate) for row in audio]
        usable = [
            bool(np.isfinite(row).all()) and trial.rms_low <= found.rms <= trial.rms_high
            for row, found in zip(audio, described, strict=True)
        ]
        upper = analytic_upper(float(np.linalg.norm(vectors[0])), trial.lambda_max)
        found = usable_range(trial.strengths, usable, upper)
        return {
            "range": found.model_dump() if found else None,
            "analytic_upper": upper,
            "curve": [
                {"strength": strength, "usable": passes, **row.model_dump()}
                for strength, passes, row in zip(trial.strengths, usable, described, strict=True)
            ],
        }

    return store.build(request, make)
