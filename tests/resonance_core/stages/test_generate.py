import json

import numpy as np
import pytest
import soundfile
from pydantic import ValidationError

from resonance_core.config import RuntimeConfig
from resonance_core.errors import CalibrationError, NotInStoreError, StoreError
from resonance_core.keys import sha256_file
from resonance_core.stages.generate import (
    GenerationRequest,
    find_direction,
    generate,
    resolve_steering,
)
from resonance_core.store.directions import DIRECTION
from resonance_core.store.pieces import AUDIO, SIDECAR
from resonance_core.store.playlists import load_entry, save_entry

CPU = RuntimeConfig(device="cpu")


def ask(**changes) -> GenerationRequest:
    return GenerationRequest(**{"prompt": "calm piano", "seed": 3, **changes})


def test_the_sidecar_is_enough_to_make_the_same_piece_again(example_store, store, quick):
    record = generate(ask(playlist="example", strength=1.5), quick, example_store, CPU).record
    sidecar = json.loads(example_store.path(record, SIDECAR).read_text())
    assert sidecar["request_id"] == record.key
    (steering,) = sidecar["steering"]
    again = generate(
        ask(
            prompt=sidecar["prompt"],
            seed=sidecar["seed"],
            playlist=steering["direction"],
            strength=steering["strength"],
        ),
        quick,
        example_store,
        CPU,
    )
    assert again.hit
    assert sidecar["duration_s"] == 0.5
    assert sidecar["sample_rate"] == 32000
    assert sidecar["backend"] == "transformers"


def test_the_wav_is_what_the_model_made(example_store, quick, nano):
    record = generate(ask(), quick, example_store, CPU).record
    audio, rate = soundfile.read(example_store.path(record, AUDIO), dtype="float32")
    made = nano.generate("calm piano", seeds=[3], duration_s=0.5, sampling=quick.sampling)[0]
    assert rate == 32000
    np.testing.assert_allclose(audio, made, atol=2**-15)
    assert record.digest(AUDIO) == sha256_file(example_store.path(record, AUDIO))


def test_strength_zero_is_the_unsteered_piece_and_strength_changes_it(example_store, quick):
    plain, zero, steered = (
        generate(request, quick, example_store, CPU).record.digest(AUDIO)
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
    assert resolve_steering(ask(playlist="example"), example_store)[1] == advised


def test_a_direction_is_found_by_name_and_by_key(example_store):
    by_name = find_direction("example", example_store)
    assert find_direction(by_name.key[:10], example_store) == by_name
    with pytest.raises(NotInStoreError, match="no playlist 'nothing'"):
        find_direction("nothing", example_store)
    other = next(record for record in example_store.records() if record.stage == "chunk")
    with pytest.raises(StoreError, match="key of a chunk result, not of a direction"):
        find_direction(other.key, example_store)


@pytest.mark.parametrize("damage", ["truncate", "remove"])
def test_a_damaged_direction_is_never_used(example_store, quick, damage):
    file = example_store.path(find_direction("example", example_store), DIRECTION)
    if damage == "truncate":
        file.write_bytes(file.read_bytes()[:-1])
    else:
        for path in file.parent.iterdir():
            path.unlink()
    with pytest.raises(StoreError, match=r"direction of playlist 'example' is missing or damaged"):
        generate(ask(playlist="example"), quick, example_store, CPU)


def test_a_strength_needs_a_playlist():
    with pytest.raises(ValidationError, match="name the playlist"):
        ask(strength=1.0)


def test_no_strength_is_guessed(example_store):
    key = find_direction("example", example_store).key
    with pytest.raises(CalibrationError, match="Give --strength"):
        resolve_steering(ask(playlist=key), example_store)
    entry = load_entry(example_store, "example")
    save_entry(example_store, entry.model_copy(update={"range": None}))
    with pytest.raises(CalibrationError, match="no strength of playlist 'example'"):
        resolve_steering(ask(playlist="example"), example_store)
