"""The sliders of an evaluation: each is played at its positions, beside random directions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from flows.player import Player
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.evaluation.grid import Grid
from resonance_core.evaluation.protocol import Trials
from resonance_core.judge.features import ATTRIBUTES
from resonance_core.stages.part import Part
from resonance_core.stages.random_direction import random_direction
from resonance_core.steering.calibrate import StrengthMap
from resonance_core.steering.concept_file import load_concepts
from resonance_core.store.records import Record
from tasks.calibrate import calibrate
from tasks.concept import prompt_concept
from tasks.prepare import prepare

Side = Literal[-1, 1]


@dataclass(frozen=True)
class Slider:
    """A slider that is ready to be played.

    Attributes:
        name: Of its concept.
        direction: The record of its direction.
        part: What it takes to add it.
        maps: From position to strength, by side; a side without usable strength is left out.
    """

    name: str
    direction: Record
    part: Part
    maps: dict[Side, StrengthMap]

    def strength(self, position: float) -> float | None:
        """Return the signed strength of a position; None where its side cannot be used."""
        side: Side = 1 if position > 0 else -1
        found = self.maps.get(side)
        return None if found is None else side * found.strength(abs(position))


@dataclass(frozen=True)
class Played:
    """A slider's pieces.

    Attributes:
        slider: Which one.
        positions: One a strength of the grid.
        grid: The pieces.
    """

    slider: Slider
    positions: tuple[float, ...]
    grid: Grid


def ready_sliders(config: PipelineConfig, runtime: RuntimeConfig) -> list[Slider]:
    """Make and calibrate the seven sliders under a recipe."""
    file = load_concepts()
    found = []
    for name in ATTRIBUTES:
        direction = prompt_concept.submit(name, file, config, runtime).result().record
        part = prepare.submit(direction, config, runtime).result()
        maps: dict[Side, StrengthMap] = {}
        sides: tuple[Side, Side] = (-1, 1)
        for side in sides:
            outcome = calibrate.submit(direction, config, runtime, side).result()
            if (measured := outcome.record.info["map"]) is not None:
                maps[side] = StrengthMap.model_validate(measured)
        found.append(Slider(name, direction, part, maps))
    return found


def play_sliders(
    sliders: Sequence[Slider],
    positions: Sequence[float],
    trials: Trials,
    config: PipelineConfig,
    player: Player,
) -> list[Played]:
    """Play every slider at its positions, as far as they can be used."""
    unsteered = player.unsteered(trials, config)
    found = []
    for slider in sliders:
        at = {p: s for p in positions if p and (s := slider.strength(p)) is not None}
        steered = player.steered(slider.name, slider.part, tuple(at.values()), trials, config)
        places = tuple(sorted({0.0, *at}))
        found.append(Played(slider, places, Grid.of(unsteered, steered)))
    return found


def play_randoms(
    count: int,
    sliders: Sequence[Slider],
    trials: Trials,
    config: PipelineConfig,
    player: Player,
) -> list[Grid]:
    """Play random directions, each in one slider's layers and as long as it, at both ends.

    Their ends are the median of all sliders' ends.
    """
    unsteered = player.unsteered(trials, config)
    ends = [found.strengths[-1] for slider in sliders for found in slider.maps.values()]
    end = float(np.median(ends)) if ends else config.calibrate.lambda_max
    found = []
    for number in range(count):
        slider = sliders[number % len(sliders)]
        drawn = random_direction(slider.direction, number, player.store).record
        part = Part(drawn, None, slider.part.effects)
        steered = player.steered(f"random {number}", part, (-end, end), trials, config)
        found.append(Grid.of(unsteered, steered))
    return found
