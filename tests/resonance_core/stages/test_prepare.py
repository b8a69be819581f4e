import pytest
import torch

from resonance_core.config import RuntimeConfig, SteerConfig
from resonance_core.config_file import parse_config
from resonance_core.errors import ModelError
from resonance_core.stages.concept import concept
from resonance_core.stages.directions import find_direction
from resonance_core.stages.prepare import prepare
from resonance_core.steering.concept_file import load_concepts

CPU = RuntimeConfig(device="cpu")


@pytest.fixture
def direction(example_store):
    """The record of a playlist's direction."""
    return find_direction("example", example_store)


def test_a_playlist_is_centred_where_the_recipe_centres(direction, example_store, quick, nano):
    seed = quick.model_copy(update={"steer": parse_config({"steer": "seed"}).steer})
    centred, plain = (prepare(direction, config, example_store, CPU) for config in (quick, seed))
    assert plain.reference is None
    assert centred.reference is not None
    assert centred.digests() != plain.digests()
    added, whole = (
        one.displacement(SteerConfig(layers="all"), nano.info, example_store)
        for one in (centred, plain)
    )
    assert torch.cosine_similarity(added, whole, dim=-1).max() < 0.9


def test_a_playlist_is_put_into_words_where_the_recipe_says_so(
    direction, example_store, quick, nano
):
    silent = quick.model_copy(update={"steer": parse_config({"steer": "conditional"}).steer})
    told, heard = (prepare(direction, config, example_store, CPU) for config in (quick, silent))
    assert heard.vocabulary is None
    assert heard.words(example_store) == {}
    assert told.digests() != heard.digests()
    words = told.words(example_store)
    assert set(words) == set(quick.vocabulary.prompts)
    assert list(words.values()) == sorted(words.values(), reverse=True)
    both, one = (
        part.displacement(SteerConfig(layers="all"), nano.info, example_store)
        for part in (told, heard)
    )
    torch.testing.assert_close(both.norm(dim=-1), one.norm(dim=-1))
    assert 0.5 < torch.cosine_similarity(both, one, dim=-1).min() < 0.99


def test_what_is_not_centred_is_not_put_into_words(direction, example_store, quick):
    whole = quick.steer.model_copy(update={"centre": False, "layers": "all"})
    found = prepare(direction, quick.model_copy(update={"steer": whole}), example_store, CPU)
    assert (found.reference, found.vocabulary) == (None, None)


def test_a_concept_is_a_difference_and_in_words_already(store, quick):
    record = concept("energy", load_concepts(), quick, store, CPU).record
    found = prepare(record, quick, store, CPU)
    assert (found.reference, found.vocabulary) == (None, None)


def test_for_a_direction_of_another_model_no_reference_is_made(
    direction, example_store, quick, tiny_melody_folder
):
    model = quick.model.model_copy(update={"id": str(tiny_melody_folder)})
    other = quick.model_copy(update={"model": model})
    before = len(list(example_store.records()))
    with pytest.raises(ModelError, match="made with 'nano'"):
        prepare(direction, other, example_store, CPU)
    assert len(list(example_store.records())) == before


def test_by_effect_the_layers_that_move_the_music_are_steered(
    direction, example_store, quick, nano
):
    found = prepare(direction, quick, example_store, CPU)
    info = found.effects.info
    assert len(info["effects"]) == len(info["layers"]) == 6
    best = sorted(sorted(range(6), key=lambda layer: -info["effects"][layer])[:2])
    wanted = [[layer, info["effects"][layer]] for layer in best if info["effects"][layer] > 0]
    assert info["shares"] == (wanted or [[layer, 1.0] for layer in range(6)])
    added = found.displacement(quick.steer, nano.info, example_store)
    assert added.any(dim=-1).nonzero().ravel().tolist() == [layer for layer, _ in info["shares"]]
    assert prepare(direction, quick, example_store, CPU).effects == found.effects
