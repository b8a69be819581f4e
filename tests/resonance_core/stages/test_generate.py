import json
import shutil

import numpy as np
import pytest
import soundfile

from resonance_core.config import GenerateConfig, RuntimeConfig
from resonance_core.errors import CalibrationError, ConfigError, NotInStoreError, StoreError
from resonance_core.keys import sha256_file
from resonance_core.models.transformers import TransformersModel
from resonance_core.stages.directions import find_direction
from resonance_core.stages.generate import generate, generate_takes
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.stages.ingredients import find_ingredients
from resonance_core.stages.melody import melody
from resonance_core.store.directions import DIRECTION
from resonance_core.store.pieces import AUDIO, SIDECAR

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
    made = nano.generate(["calm piano"], seeds=[3], duration_s=0.5, sampling=quick.sampling)[0, 0]
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


def test_a_listener_hears_the_piece_that_is_made_and_none_that_is_found(example_store, quick):
    heard = []
    how = quick.model_copy(update={"generate": GenerateConfig(duration_s=2.5)})
    request = ask(playlist="example", strength=1.0)
    record = generate(request, how, example_store, CPU, heard.append).record
    audio, _ = soundfile.read(example_store.path(record, AUDIO), dtype="float32")
    whole = np.concatenate(heard, axis=1)[0]
    assert len(whole) == len(audio) == 80000
    # Until the first join they are the same, but for the 16 bits of the file.
    np.testing.assert_allclose(whole[:28800], audio[:28800], atol=0.01)
    heard.clear()
    assert generate(request, how, example_store, CPU, heard.append).hit
    assert heard == []


def test_what_a_listener_raises_leaves_nothing_behind(example_store, quick):
    def cancel(_audio):
        raise InterruptedError("enough")

    before = {record.key for record in example_store.records()}
    with pytest.raises(InterruptedError):
        generate(ask(), quick, example_store, CPU, cancel)
    assert {record.key for record in example_store.records()} == before
    assert not make(ask(), quick, example_store).hit


def test_takes_are_made_in_one_batch_and_found_again(example_store, quick, monkeypatch):
    batches = []
    play = TransformersModel.generate

    def counted(model, prompts, **how):
        batches.append(how["seeds"])
        return play(model, prompts, **how)

    monkeypatch.setattr(TransformersModel, "generate", counted)
    request = ask(playlist="example", strength=1.0)
    takes = generate_takes(request, 3, quick, example_store, CPU)
    assert batches == [[3, 4, 5]]
    assert [take.record.info["seed"] for take in takes] == [3, 4, 5]
    assert len({take.record.digest(AUDIO) for take in takes}) == 3
    again = generate_takes(request, 3, quick, example_store, CPU)
    assert [take.record for take in again] == [take.record for take in takes]
    assert all(take.hit for take in again)
    assert batches == [[3, 4, 5]]
    alone = make(request, quick, example_store)
    assert not alone.hit
    assert batches[1:] == [[3]]
    first = [
        soundfile.read(example_store.path(record, AUDIO), dtype="float32")[0]
        for record in (alone.record, takes[0].record)
    ]
    np.testing.assert_allclose(*first, atol=1e-3)


def test_a_piece_follows_a_melody(example_store, quick, canonical, tmp_path):
    tune = melody(canonical, quick.model, example_store).record
    plain, followed = (
        make(ask(melody=key), quick, example_store).record for key in (None, tune.key)
    )
    assert plain.digest(AUDIO) != followed.digest(AUDIO)
    assert followed.info["melody"]["key"] == tune.key
    copy = shutil.copyfile(canonical, tmp_path / "copy.flac")  # the bytes count, not the name
    assert melody(copy, quick.model, example_store).hit
    with pytest.raises(NotInStoreError, match="of the stage 'generate', and no melody"):
        make(ask(melody=plain.key), quick, example_store)


def test_a_piece_goes_on_from_another(example_store, quick):
    first = make(ask(), quick, example_store).record
    longer = make(ask(continues=first.key, seed=4), quick, example_store).record
    assert longer.info["duration_s"] == 1.0
    assert longer.info["continues"]["sha256"] == first.digest(AUDIO)
    before, after = (
        soundfile.read(example_store.path(record, AUDIO))[0] for record in (first, longer)
    )
    kept = 16000 - 1920  # up to where the two are blended
    scale = np.abs(after[:kept]).max() / np.abs(before[:kept]).max()
    np.testing.assert_allclose(after[:kept], scale * before[:kept], atol=1e-3)
    with pytest.raises(NotInStoreError, match="no piece of music"):
        make(ask(continues=find_direction("example", example_store).key), quick, example_store)


def test_times_are_counted_from_the_beginning_of_what_a_piece_goes_on_from(example_store, quick):
    first = make(ask(), quick, example_store).record

    def digest(strength: float, **times) -> str:
        config = quick.model_copy(update={"steer": quick.steer.model_copy(update=times)})
        asked = ask(continues=first.key, seed=4, playlist="example", strength=strength)
        return make(asked, config, example_store).record.digest(AUDIO)

    plain = digest(0.0)
    assert digest(40.0, start_s=0.75) != plain  # within the new part, though it is 0.5 s long
    assert digest(40.0, start_s=1.0) == plain


def test_a_melody_goes_on_where_the_piece_before_followed_it_and_else_begins(
    example_store, quick, nano, canonical
):
    tune = melody(canonical, quick.model, example_store).record.key
    without, following = (
        make(ask(melody=key), quick, example_store).record.key for key in (None, tune)
    )

    def told(**asked) -> np.ndarray:
        found = find_ingredients(ask(melody=tune, **asked), quick, example_store, CPU)
        return found.melodies(2, nano.info, example_store)

    whole = told()
    np.testing.assert_array_equal(told(continues=following), whole)
    np.testing.assert_array_equal(told(continues=without), np.roll(whole, 16000, axis=1))
