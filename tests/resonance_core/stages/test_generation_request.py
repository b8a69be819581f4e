import pytest
from pydantic import ValidationError

from resonance_core.config import RuntimeConfig
from resonance_core.config_file import parse_config
from resonance_core.errors import CalibrationError
from resonance_core.stages.calibrate import calibrate
from resonance_core.stages.directions import find_direction
from resonance_core.stages.generation_request import (
    GenerationRequest,
    resolve_playlist,
    resolve_steering,
)
from resonance_core.steering.calibrate import StrengthMap
from resonance_core.store.playlists import load_entry, save_entry

CPU = RuntimeConfig(device="cpu")


def ask(**changes) -> GenerationRequest:
    return GenerationRequest(**{"prompt": "calm piano", "seed": 3, **changes})


def test_the_recommended_strength_is_the_default(example_store, quick):
    advised = load_entry(example_store, "example").range.recommended
    reader = example_store.read_only()
    assert resolve_playlist("example", None, quick, reader, CPU).strength == advised
    # However it was tried: with those trials a person was content.
    other = quick.model_copy(update={"calibrate": quick.calibrate.model_copy(update={"seed": 9})})
    assert resolve_playlist("example", None, other, reader, CPU).strength == advised


def test_a_strength_that_was_measured_with_another_recipe_is_measured_anew(example_store, quick):
    seed = parse_config({**quick.model_dump(), "steer": "seed"})
    entry = load_entry(example_store, "example")
    other = entry.range.model_copy(update={"recommended": 123.0})
    save_entry(example_store, entry.model_copy(update={"range": other}))
    assert resolve_playlist("example", None, quick, example_store, CPU).strength == 123.0
    found = resolve_playlist("example", None, seed, example_store, CPU)
    measured = calibrate(found.part.direction, seed, example_store, CPU)
    assert measured.hit
    assert found.strength == measured.record.info["range"]["recommended"]


def test_a_strength_needs_a_playlist():
    with pytest.raises(ValidationError, match="name the playlist"):
        ask(strength=1.0)


def test_no_strength_is_guessed(example_store, quick):
    key = find_direction("example", example_store).key
    with pytest.raises(CalibrationError, match="Give --strength"):
        resolve_playlist(key, None, quick, example_store, CPU)
    entry = load_entry(example_store, "example")
    save_entry(example_store, entry.model_copy(update={"range": None}))
    with pytest.raises(CalibrationError, match="no strength of playlist 'example'"):
        resolve_playlist("example", None, quick, example_store, CPU)


def test_a_slider_goes_through_the_map_of_its_side(example_store, sure):
    (addition,) = resolve_steering(ask(sliders={"bass": -0.5}), sure, example_store, CPU)
    bass = addition.part.direction
    assert bass.info["name"] == "bass"
    sides = {sign: calibrate(bass, sure, example_store, CPU, sign) for sign in (-1, 1)}
    assert sides[-1].hit
    low = StrengthMap.model_validate(sides[-1].record.info["map"])
    assert addition.strength == -low.strength(0.5)
    assert 0 < -addition.strength < low.strengths[-1]


def test_sliders_at_zero_make_nothing(store, sure):
    assert resolve_steering(ask(sliders={"energy": 0.0}), sure, store, CPU) == []
    assert not list(store.records())


def test_a_slider_beyond_its_ends_is_refused():
    with pytest.raises(ValidationError, match="less than or equal to 1"):
        ask(sliders={"energy": 1.5})
