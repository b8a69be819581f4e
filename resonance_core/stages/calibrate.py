"""Calibrate: a direction is tried at rising strengths, in one batch, to find what is usable."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from resonance_core.audio.descriptors import describe
from resonance_core.audio.gate import faults
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.keys import Stage
from resonance_core.models.registry import load_model, model_info
from resonance_core.stages.parts import part
from resonance_core.steering.calibrate import analytic_upper, usable_range
from resonance_core.steering.combine import combine
from resonance_core.steering.recipes import steer
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store

CALIBRATE = Stage(name="calibrate", version=4)


def calibrate(
    direction: Record,
    config: PipelineConfig,
    store: Store,
    runtime: RuntimeConfig,
    sign: Literal[1, -1] = 1,
) -> Outcome:
    """Return the record of a direction's usable range, measuring it if it is not there.

    Its ``info`` holds the ``range`` (``low``, ``high``, ``recommended``; None where no strength
    is usable), the ``curve`` (for each strength whether it is ``usable``, the ``faults`` where it
    is not, and the audio's descriptors) and the ``analytic_upper`` bound, which
    the length of a direction of unit scale sets. Trials are steered throughout, whatever the
    recipe's time window: what is usable then is usable in a part.

    Args:
        direction: The record of the direction.
        config: The model, its sampling, the recipe, and the trials.
        store: Holds the direction and takes the calibration.
        runtime: The device.
        sign: Whether the direction is added or taken away.

    Raises:
        ModelError: The direction was made with another model.
    """
    info = model_info(config.model)
    trial = config.calibrate
    recipe = config.steer.throughout()
    tried = part(direction, config, store, runtime)
    request = CALIBRATE.request(
        {
            "model": info.identity(),
            "sampling": config.sampling.model_dump(mode="json"),
            "steer": recipe.model_dump(mode="json", exclude={"budget"}),
            **trial.model_dump(mode="json"),
            "sign": sign,
        },
        tried.digests(),
    )

    def make(_folder: Path) -> dict[str, Any]:
        added = tried.displacement(recipe, info, store)
        strengths = sign * torch.tensor(trial.strengths)[:, None]
        audio = load_model(config.model, runtime).generate(
            [trial.prompt] * len(trial.strengths),
            seeds=[trial.seed] * len(trial.strengths),
            duration_s=trial.duration_s,
            sampling=config.sampling,
            steering=steer(
                combine([added], strengths, recipe.budget),
                recipe,
                trial.duration_s,
                info,
            ),
        )
        described = [describe(np.nan_to_num(row), info.sample_rate) for row in audio]
        found_faults = [
            faults(row, words, info.sample_rate, trial)
            for row, words in zip(audio, described, strict=True)
        ]
        usable = [not found for found in found_faults]
        upper = trial.lambda_max
        if recipe.scale == "unit":
            upper = analytic_upper(float(added.norm(dim=-1).max()), trial.lambda_max)
        found = usable_range(trial.strengths, usable, upper)
        return {
            "range": found.model_dump() if found else None,
            "analytic_upper": upper,
            "curve": [
                {"strength": strength, "usable": not wrong, "faults": wrong, **row.model_dump()}
                for strength, wrong, row in zip(
                    trial.strengths, found_faults, described, strict=True
                )
            ],
        }

    return store.build(request, make)
