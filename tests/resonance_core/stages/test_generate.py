import json

import numpy as np
import pytest
import soundfile
from pydantic import ValidationError

from resonance_core.config import RuntimeConfig
from resonance_core.errors import CalibrationError, ConfigError, StoreError
from resonance_core.keys import sha256_file
from resonance_core.stages.calibrate import calibrate
from resonance_core.stages.directions import find_direction
from resonance_core.stages.generate import (
    GenerationRequest,
    generate,
    resolve_playlist,
    resolve_steering,
)
from resonance_core.steering.calibrate import StrengthMap
from resonance_core.store.directions import DIRECTION
from resonance_core.store.pieces import AUDIO, SIDECAR
from resonance_core.store.playlists import load_entry, save_entry

CPU = RuntimeConfig(device="cpu")


def ask(**changes) -> GenerationRequest:
    return GenerationRequest(**{"prompt": "calm piano", "seed": 3, **changes})


def make(request, config, store):
    return generate(request, config, store, CPU)


def test_the_sidecar_is_enough_to_make_the_same_piece_again(example_store, store, quick):
    record = make(ask(playlist="example", strength=1.5), quick, example_store).record
    sidecar = json.loads(example_store.path(record, SIDECAR).read_text())
    assert sidecar["request_id"] == record.key
    (steering,) = sidecar["steering"]
    again = make(
        ask(
            prompt=sidecar["prompt"],
            seed=sidecar["seed"],
            playlist=steering["direction"],
            strength=steering["strength"],
        ),
        quick,
        example_store,
    )
    assert again.hit
    assert sidecar["duration_s"] == 0.5
    assert sidecar["sample_rate"] == 32000
    assert sidecar["backend"] == "transformers"


def test_the_wav_is_what_the_model_made(example_store, quick, nano):
    record = make(ask(), quick, example_store).record
    audio, rate = soundfile.read(example_store.path(record, AUDIO), dtype="float32")
    made = nano.generate(["calm piano"], seeds=[3], duration_s=0.5, sampling=quick.sampling)[0]
    assert rate == 32000
    np.testing.assert_allclose(audio, made, atol=2**-15)
    assert record.digest(AUDIO) == sha256_file(example_store.path(record, AUDIO))


def test_strength_zero_is_the_unsteered_piece_and_strength_changes_it(example_store, quick):
    plain, zero, steered = (
        make(request, quick, example_store).record.digest(AUDIO)
        for request in (
            ask(),
            ask(playlist="example", strength=0.0),
            ask(playlist="example", strength=40.0),
        )
    )
    assert plain == zero
    assert plain != steered


def test_the_recommended_strength_is_the_default(example_store):
    advised = load_entry(example_store, "example").range.recommended
    assert resolve_playlist("example", None, example_store)[1] == advised


@pytest.mark.parametrize("damage", ["truncate", "remove"])
def test_a_damaged_direction_is_never_used(example_store, quick, damage):
    file = example_store.path(find_direction("example", example_store), DIRECTION)
    if damage == "truncate":
        file.write_bytes(file.read_bytes()[:-1])
    else:
        for path in file.parent.iterdir():
            path.unlink()
    with pytest.raises(StoreError, match=r"direction of playlist 'example' is missing or damaged"):
        make(ask(playlist="example"), quick, example_store)


def test_a_strength_needs_a_playlist():
    with pytest.raises(ValidationError, match="name the playlist"):
        ask(strength=1.0)


def test_no_strength_is_guessed(example_store):
    key = find_direction("example", example_store).key
    with pytest.raises(CalibrationError, match="Give --strength"):
        resolve_playlist(key, None, example_store)
    entry = load_entry(example_store, "example")
    save_entry(example_store, entry.model_copy(update={"range": None}))
    with pytest.raises(CalibrationError, match="no strength of playlist 'example'"):
        resolve_playlist("example", None, example_store)


@pytest.fixture
def sure(quick):
    """Every strength is usable."""
    trials = quick.calibrate.model_copy(update={"rms_low": 0.0001, "rms_high": 1.0})
    return quick.model_copy(update={"calibrate": trials})


NEEDED = {"reference": "reference", "vocabulary": "vocabulary", "effects": "layer-effects"}
"""What it takes to add a playlist's direction, and the stage that makes it."""


def test_sliders_and_a_playlist_steer_together(example_store, sure):
    plain, slid, both = (
        make(ask(**how), sure, example_store).record
        for how in (
            {},
            {"sliders": {"energy": 1.0}},
            {"sliders": {"energy": 1.0}, "playlist": "example", "strength": 1.0},
        )
    )
    assert len({record.digest(AUDIO) for record in (plain, slid, both)}) == 3
    playlist, energy = both.info["steering"]
    stages = {name: example_store.get(playlist[name]).stage for name in NEEDED}
    assert stages == NEEDED
    assert [energy[name] for name in ("reference", "vocabulary")] == [None, None]
    assert example_store.get(energy["effects"]).stage == "layer-effects"
    assert energy["strength"] in (1.0, 2.0)  # the one that moves the music further


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


def test_the_order_of_sliders_makes_no_difference(example_store, sure):
    one, other = (
        make(ask(sliders=dict(order)), sure, example_store).record.key
        for order in ([("bass", 1.0), ("energy", -1.0)], [("energy", -1.0), ("bass", 1.0)])
    )
    assert one == other


def test_an_unknown_slider_is_refused_before_any_work(store, sure):
    with pytest.raises(ConfigError, match=r"no concept 'loudness'.*Known are energy, tempo"):
        make(ask(sliders={"energy": 1.0, "loudness": 1.0}, playlist="gone"), sure, store)
    assert not list(store.records())


def test_a_slider_at_zero_leaves_no_trace(example_store, sure):
    record = make(ask(sliders={"energy": 0.0}), sure, example_store).record
    assert record.info["sliders"] == {}
    assert make(ask(), sure, example_store).record == record


def test_a_slider_without_usable_strength_says_so(store, quick):
    none = quick.calibrate.model_copy(update={"rms_low": 0.9, "rms_high": 1.0})
    config = quick.model_copy(update={"calibrate": none})
    with pytest.raises(CalibrationError, match="'tempo' has no usable strength towards low"):
        make(ask(sliders={"tempo": -0.5}), config, store)


def test_a_slider_beyond_its_ends_is_refused():
    with pytest.raises(ValidationError, match="less than or equal to 1"):
        ask(sliders={"energy": 1.5})
