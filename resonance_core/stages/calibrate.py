"""Calibrate: a direction is tried at rising strengths, in one batch, to find what is usable."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from resonance_core.audio.descriptors import describe, mean_descriptors
from resonance_core.audio.gate import faults
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.keys import Stage, canonical_json
from resonance_core.models.base import mono
from resonance_core.models.registry import load_model, model_info
from resonance_core.stages.part import Part
from resonance_core.stages.prepare import prepare
from resonance_core.steering.calibrate import analytic_upper, strength_map, usable_range
from resonance_core.steering.combine import combine
from resonance_core.steering.movement import movement
from resonance_core.steering.recipes import steer
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store

CALIBRATE = Stage(name="calibrate", version=7)


def calibrate(
    direction: Record,
    config: PipelineConfig,
    store: Store,
    runtime: RuntimeConfig,
    sign: Literal[1, -1] = 1,
) -> Outcome:
    """Return the record of a direction's usable range, measuring it if it is not there.

    Its ``info`` holds the ``range`` (``low``, ``high``, ``recommended``; None where no strength
    is usable), the ``map`` from a slider's position to a strength (see `StrengthMap`; None
    likewise), the ``curve`` and the ``analytic_upper`` bound, which the length of a direction of
    unit scale sets.

    The curve says of each strength whether it is ``usable``, which it is if few of its trials
    have a fault, the ``faults`` of any, how far the trials ``moved``, and the mean of their
    descriptors. The unit of ``moved`` is the distance from the reference to the playlist, or from
    a concept's low to its high pole, along the direction, as the model hears it: no descriptor of
    ours takes part, so that descriptors can judge what comes of it.

    Trials are steered throughout, whatever the recipe's time window: what is usable then is
    usable in a part.

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
    tried = prepare(direction, config, store, runtime)
    request = CALIBRATE.request(
        {
            "model": info.identity(),
            **_recipe(config),
            **trial.model_dump(mode="json"),
            "sign": sign,
        },
        tried.digests(),
    )

    def make(_folder: Path) -> dict[str, Any]:
        model = load_model(config.model, runtime)
        added = tried.displacement(recipe, info, store)
        prompts = len(trial.prompts)
        # Rows: every strength with all prompts, then the next strength.
        strengths = sign * torch.tensor(trial.strengths).repeat_interleave(prompts)[:, None]
        pieces = model.generate(
            trial.prompts * len(trial.strengths),
            seeds=[trial.seed] * len(strengths),
            duration_s=trial.duration_s,
            sampling=config.sampling,
            steering=steer(
                combine([added], strengths, recipe.budget), recipe, trial.duration_s, info
            ),
        )
        audio = mono(pieces)
        sound = np.nan_to_num(audio)
        heard = model.capture(
            sound, layers=tried.layers(store), prompts=[""] * len(sound), melody=False
        )
        by_strength = heard.vectors.reshape(-1, prompts, *heard.vectors.shape[1:])
        moved = sign * movement(by_strength - by_strength[0], tried.axis(store)).mean(1)
        described = [describe(row, info.sample_rate) for row in sound]
        found_faults = [
            faults(row, words, info.sample_rate, trial)
            for row, words in zip(audio, described, strict=True)
        ]
        curve = []
        for place, strength in enumerate(trial.strengths):
            rows = slice(place * prompts, (place + 1) * prompts)
            wrong = sorted({fault for row in found_faults[rows] for fault in row})
            share = np.mean([bool(row) for row in found_faults[rows]])
            curve.append(
                {
                    "strength": strength,
                    "usable": bool(share <= trial.faulty),
                    "faults": wrong,
                    "moved": float(moved[place]),
                    **mean_descriptors(described[rows]).model_dump(),
                }
            )
        upper = trial.lambda_max
        if recipe.scale == "unit":
            upper = analytic_upper(float(added.norm(dim=-1).max()), trial.lambda_max)
        usable = [point["usable"] for point in curve]
        found = usable_range(trial.strengths, usable, moved.tolist(), upper)
        slider = strength_map(trial.strengths, moved.tolist(), found) if found else None
        return {
            "range": found.model_dump() if found else None,
            "map": slider.model_dump() if slider else None,
            "analytic_upper": upper,
            "curve": curve,
        }

    return store.build(request, make)


def holds_for(calibration: Record, part: Part, config: PipelineConfig) -> bool:
    """Return whether strengths were measured as they are to be used, however they were tried.

    Args:
        calibration: What was measured.
        part: The direction that is to be added.
        config: The sampling and the recipe by which it is.
    """
    measured, recipe = calibration.request, _recipe(config)
    same = {name: measured.config[name] for name in recipe}
    # As JSON, for what has not been read back from a store may hold tuples.
    return canonical_json([part.digests(), recipe]) == canonical_json([measured.inputs, same])


def _recipe(config: PipelineConfig) -> dict[str, Any]:
    """Return what decides, besides the direction and the model, how far a strength goes."""
    return {
        "sampling": config.sampling.model_dump(mode="json"),
        "steer": config.steer.throughout().as_added(),
    }
