import numpy as np
import pytest

from resonance_core.config import RuntimeConfig
from resonance_core.errors import NotInStoreError
from resonance_core.keys import sha256_file
from resonance_core.models.base import mono
from resonance_core.models.nano import RECORDED
from resonance_core.stages.directions import find_direction
from resonance_core.stages.reference import reference
from resonance_core.store.directions import DIRECTION, read_direction


def runtime(batch_size: int = 8) -> RuntimeConfig:
    return RuntimeConfig(device="cpu", batch_size=batch_size)


def with_reference(quick, **changes):
    settings = quick.reference.model_copy(update=changes)
    return quick.model_copy(update={"reference": settings})


def test_the_reference_is_the_mean_of_what_the_model_hears_of_itself(store, quick, nano):
    quick = with_reference(quick, own=True)
    record = reference(quick, store, runtime()).record
    found = read_direction(store.path(record, DIRECTION))
    audio = nano.generate(["", ""], seeds=[0, 1], duration_s=1, sampling=quick.sampling)
    heard = nano.capture(mono(audio), layers=range(nano.info.layers), prompts=["", ""], melody=True)
    np.testing.assert_allclose(found.per_layer, heard.vectors.mean(0), rtol=1e-5, atol=1e-5)
    assert found.metadata["kind"] == "reference"
    assert reference(quick, store, runtime()).hit


def test_the_batch_makes_no_difference(store, tmp_path, quick):
    config = with_reference(quick, own=True, clips=3, duration_s=0.5, prompts=("calm", "techno"))
    together = reference(config, store, runtime()).record
    vectors = read_direction(store.path(together, DIRECTION)).per_layer
    store.path(together, DIRECTION).unlink()
    alone = reference(config, store, runtime(batch_size=1)).record
    assert alone.key == together.key
    np.testing.assert_allclose(
        read_direction(store.path(alone, DIRECTION)).per_layer, vectors, rtol=1e-4, atol=1e-4
    )


def test_recorded_music_is_the_reference_where_it_ships(store, quick):
    outcome = reference(quick, store, runtime())
    found = read_direction(store.path(outcome.record, DIRECTION))
    assert outcome.record.info["tracks"] == len(found.metadata["tracks"]) > 100
    assert outcome.record.digest(DIRECTION) == sha256_file(RECORDED)
    assert reference(quick, store, runtime()).hit


@pytest.mark.parametrize(
    "heard_otherwise", [{"melody": False}, {"prompt": "techno"}, {"layers": (1, 2)}]
)
def test_what_is_heard_otherwise_is_centred_on_the_models_own_music(store, quick, heard_otherwise):
    extract = quick.extract.model_copy(update=heard_otherwise)
    config = quick.model_copy(update={"extract": extract})
    assert reference(config, store, runtime()).record.info["clips"] == 2


def test_a_playlist_can_be_the_reference(example_store, quick):
    outcome = reference(with_reference(quick, playlist="example"), example_store, runtime())
    assert outcome.hit
    assert outcome.record == find_direction("example", example_store)
    with pytest.raises(NotInStoreError, match="no playlist 'nothing'"):
        reference(with_reference(quick, playlist="nothing"), example_store, runtime())
