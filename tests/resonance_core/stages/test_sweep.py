import numpy as np
import pytest

from resonance_core.config import RuntimeConfig
from resonance_core.evaluation.protocol import Trials
from resonance_core.judge.judge import load_judge
from resonance_core.models.base import mono
from resonance_core.stages.directions import find_direction
from resonance_core.stages.prepare import prepare
from resonance_core.stages.sweep import sweep
from resonance_core.store.clips import CLIPS, read_clips

TRIALS = Trials(prompts=("techno music", "ambient music"), seeds=1, duration_s=4.0)


def runtime(batch_size: int = 8) -> RuntimeConfig:
    return RuntimeConfig(device="cpu", batch_size=batch_size)


def test_pieces_are_played_at_each_strength_and_judged(example_store, quick, nano):
    part = prepare(find_direction("example", example_store), quick, example_store, runtime())
    record = sweep(part, (0.0, 2.0), TRIALS, quick, example_store, runtime()).record
    clips = read_clips(example_store.path(record, CLIPS))
    assert clips.strength.tolist() == [0.0, 0.0, 2.0, 2.0]
    assert clips.prompt.tolist() == ["techno music", "ambient music"] * 2
    assert clips.seed.tolist() == [10_000] * 4
    assert record.info == {"clips": 4, "failed": int(clips.failed.sum())}
    # Strength 0 is the plain piece, and the judge says of it what it says anywhere.
    plain = nano.generate(
        TRIALS.prompts, seeds=[10_000] * 2, duration_s=4.0, sampling=quick.sampling
    )
    verdict = load_judge(nano.info).judge(mono(plain))
    np.testing.assert_allclose(clips.verdict.vectors[:2], verdict.vectors, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(
        clips.verdict.measures["rms_db"][:2], verdict.measures["rms_db"], atol=1e-3
    )
    assert not np.allclose(clips.verdict.vectors[2:], verdict.vectors, atol=0.1)


def test_without_a_direction_the_recipe_makes_no_difference(store, quick):
    once = sweep(None, (0.0,), TRIALS, quick, store, runtime())
    other = quick.model_copy(
        update={"steer": quick.steer.model_copy(update={"rows": "both", "budget": 1.0})}
    )
    again = sweep(None, (0.0,), TRIALS, other, store, runtime(batch_size=1))
    assert again.hit
    assert again.record == once.record


def test_other_limits_of_the_gate_judge_again(store, quick):
    sweep(None, (0.0,), TRIALS, quick, store, runtime())
    strict = quick.model_copy(
        update={"calibrate": quick.calibrate.model_copy(update={"rms_low": 0.3})}
    )
    found = sweep(None, (0.0,), TRIALS, strict, store, runtime())
    assert not found.hit
    assert found.record.info["failed"] == 2
    clips = read_clips(store.path(found.record, CLIPS))
    assert all("quiet" in faults for faults in clips.faults)


def test_pieces_too_short_to_judge_are_refused():
    with pytest.raises(ValueError, match="greater than or equal to 4"):
        Trials(duration_s=2.0)
