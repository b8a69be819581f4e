import numpy as np
import pytest

from resonance_core.config import RuntimeConfig
from resonance_core.config_file import parse_config
from resonance_core.errors import ModelError
from resonance_core.stages.calibrate import calibrate

CPU = RuntimeConfig(device="cpu")


@pytest.fixture
def direction(example_store):
    """The record of a direction."""
    return next(record for record in example_store.records() if record.stage == "aggregate")


def measure(direction, config, store, sign=1):
    return calibrate(direction, config, store, CPU, sign)


def with_trials(quick, **changes):
    return quick.model_copy(update={"calibrate": quick.calibrate.model_copy(update=changes)})


def test_the_curve_has_each_strength_with_its_descriptors(direction, example_store, quick):
    outcome = measure(direction, quick, example_store)
    assert outcome.hit  # the fixture made it
    info = outcome.record.info
    assert [trial["strength"] for trial in info["curve"]] == [0, 1, 2]
    assert all(trial["usable"] == (0.03 <= trial["rms"] <= 0.35) for trial in info["curve"])
    assert info["analytic_upper"] == 4.0


def test_the_norm_of_a_direction_of_unit_scale_bounds_its_strength(direction, example_store, quick):
    seed = quick.model_copy(update={"steer": parse_config({"steer": "seed"}).steer})
    info = measure(direction, seed, example_store).record.info
    assert info["analytic_upper"] == pytest.approx(3.2, abs=1e-5)


def test_the_trial_without_strength_is_the_plain_piece(direction, example_store, quick, nano):
    curve = measure(direction, quick, example_store).record.info["curve"]
    plain = nano.generate(["music"], seeds=[0], duration_s=0.5, sampling=quick.sampling)
    assert curve[0]["rms"] == pytest.approx(float((plain**2).mean() ** 0.5), rel=1e-3)


def test_strengths_that_are_too_loud_or_quiet_are_no_range(direction, example_store, quick):
    loud = with_trials(quick, rms_low=0.9, rms_high=1.0)
    info = measure(direction, loud, example_store).record.info
    assert info["range"] is None
    assert not any(trial["usable"] for trial in info["curve"])


def test_audio_that_is_not_finite_is_unusable_and_ends_nothing(
    direction, example_store, quick, nano, monkeypatch
):
    made = nano.generate(["music"] * 3, seeds=[0] * 3, duration_s=0.5, sampling=quick.sampling)
    made[2] = np.nan
    monkeypatch.setattr(type(nano), "generate", lambda *_, **__: made)
    other = with_trials(quick, seed=1, rms_low=0.001)
    info = measure(direction, other, example_store).record.info
    assert [trial["usable"] for trial in info["curve"]] == [True, True, False]
    assert info["range"]["high"] == 1.0


def test_nothing_above_lambda_max_is_recommended(direction, example_store, quick):
    low = with_trials(quick, lambda_max=1.5, rms_low=0.0001, rms_high=1.0)
    found = measure(direction, low, example_store).record.info["range"]
    assert (found["low"], found["high"]) == (0.0, 1.0)
    assert 0.0 < found["recommended"] <= 1.0


def test_a_direction_of_another_model_is_refused(
    direction, example_store, quick, tiny_melody_folder
):
    other = quick.model_copy(
        update={"model": quick.model.model_copy(update={"id": str(tiny_melody_folder)})}
    )
    with pytest.raises(ModelError, match="made with 'nano'"):
        measure(direction, other, example_store)


def test_each_sign_is_calibrated_by_itself(direction, example_store, quick):
    forwards, backwards = (
        measure(direction, quick, example_store, sign).record for sign in (1, -1)
    )
    assert forwards.key != backwards.key
    first, *others = zip(forwards.info["curve"], backwards.info["curve"], strict=True)
    assert first[0] == first[1]  # strength 0
    assert all(one["rms"] != other["rms"] for one, other in others)


def test_a_time_window_measures_nothing_again(direction, example_store, quick):
    window = quick.steer.model_copy(update={"start_s": 0.4, "ramp_s": 0.1, "budget": 2.0})
    later = quick.model_copy(update={"steer": window})
    assert measure(direction, later, example_store).hit


def test_all_prompts_of_a_strength_must_be_usable(direction, example_store, quick, nano):
    both = measure(direction, with_trials(quick, prompts=("music", "ambient")), example_store)
    one, other = (
        measure(direction, with_trials(quick, prompts=(prompt,)), example_store)
        for prompt in ("music", "ambient")
    )
    curves = [outcome.record.info["curve"] for outcome in (both, one, other)]
    for together, first, second in zip(*curves, strict=True):
        assert together["usable"] == (first["usable"] and second["usable"])
        assert together["rms"] == pytest.approx((first["rms"] + second["rms"]) / 2, rel=1e-3)
        assert together["moved"] == pytest.approx((first["moved"] + second["moved"]) / 2, abs=1e-3)


def test_movement_is_counted_along_the_direction_from_the_plain_piece(
    direction, example_store, quick
):
    curve = measure(direction, quick, example_store).record.info["curve"]
    assert curve[0]["moved"] == 0.0
    assert all(np.isfinite(trial["moved"]) and trial["moved"] != 0.0 for trial in curve[1:])
