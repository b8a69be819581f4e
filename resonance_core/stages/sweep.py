"""Sweep: the same pieces are played at several strengths of a direction, and judged."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from resonance_core.audio.descriptors import describe
from resonance_core.audio.gate import faults
from resonance_core.config import CalibrateConfig, PipelineConfig, RuntimeConfig
from resonance_core.evaluation.protocol import Trials
from resonance_core.judge.judge import load_judge
from resonance_core.judge.probes import Verdict
from resonance_core.keys import Stage
from resonance_core.models.base import Waveforms, mono
from resonance_core.models.registry import load_model, model_info
from resonance_core.stages.part import Part
from resonance_core.steering.combine import combine
from resonance_core.steering.recipes import steer
from resonance_core.store.clips import CLIPS, Clips, write_clips
from resonance_core.store.records import Outcome
from resonance_core.store.store import Store

SWEEP = Stage(name="sweep", version=1)
GATE = ("rms_low", "rms_high", "clipped_high", "flatness_high", "stuck_high")
"""The settings of calibration that the gate knows."""

Judged = tuple[Verdict, list[list[str]]]


def sweep(
    part: Part | None,
    strengths: Sequence[float],
    trials: Trials,
    config: PipelineConfig,
    store: Store,
    runtime: RuntimeConfig,
) -> Outcome:
    """Return the record of a sweep, playing and judging its pieces if it is not there.

    Args:
        part: What steers; None for nothing, with 0 as the only strength.
        strengths: How much of it each piece is played with.
        trials: The pieces.
        config: The model, its sampling, the recipe, and the limits of the gate.
        store: Holds the directions and takes the judged clips, without their audio.
        runtime: Device and batch size.

    Raises:
        ModelError: The direction was made with another model, or the pieces are too long.
    """
    info = model_info(config.model)
    judge = load_judge(info)
    recipe = config.steer.throughout()
    request = SWEEP.request(
        {
            "model": info.identity(),
            "sampling": config.sampling.model_dump(mode="json"),
            "steer": recipe.as_added() if part else None,
            "strengths": list(strengths),
            **trials.model_dump(mode="json"),
            "gate": config.calibrate.model_dump(include=set(GATE)),
            "judge": judge.probes.digest,
        },
        {"direction": part.digests() if part else None},
    )

    def make(folder: Path) -> dict[str, Any]:
        model = load_model(config.model, runtime)
        rows = [(s, prompt, seed) for s in strengths for prompt, seed in trials.pieces()]
        added = part.displacement(recipe, info, store) if part else None

        def play(batch: list[tuple[float, str, int]]) -> Waveforms:
            amount, prompts, seeds = zip(*batch, strict=True)
            steering = None
            if added is not None:
                total = combine([added], torch.tensor(amount)[:, None], recipe.budget)
                steering = steer(total, recipe, trials.duration_s, info)
            pieces = model.generate(
                prompts,
                seeds=seeds,
                duration_s=trials.duration_s,
                sampling=config.sampling,
                steering=steering,
            )
            return mono(pieces)

        def hear(audio: Waveforms) -> Judged:
            sound = np.nan_to_num(audio)
            found = [
                _faults(row, heard, info.sample_rate, config.calibrate)
                for row, heard in zip(audio, sound, strict=True)
            ]
            return judge.judge(sound), found

        # What was played is judged while the next batch is played.
        with ThreadPoolExecutor(max_workers=1) as ear:
            judged: list[Future[Judged]] = []
            for first in range(0, len(rows), runtime.batch_size):
                judged.append(ear.submit(hear, play(rows[first : first + runtime.batch_size])))
            verdicts, found = zip(*(future.result() for future in judged), strict=True)
        clips = Clips(
            strength=np.array([row[0] for row in rows], float),
            prompt=np.array([row[1] for row in rows], str),
            seed=np.array([row[2] for row in rows], np.int64),
            faults=[fault for batch in found for fault in batch],
            verdict=Verdict.join(verdicts),
        )
        write_clips(folder / CLIPS, clips)
        return {"clips": len(rows), "failed": int(clips.failed.sum())}

    return store.build(request, make)


def _faults(
    audio: NDArray[np.float32],
    sound: NDArray[np.float32],
    sample_rate: int,
    limits: CalibrateConfig,
) -> list[str]:
    return faults(audio, describe(sound, sample_rate), sample_rate, limits)
