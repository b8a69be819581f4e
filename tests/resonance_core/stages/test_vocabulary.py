import numpy as np
import pytest

from resonance_core.config import RuntimeConfig, VocabularyConfig
from resonance_core.models.base import mono
from resonance_core.stages.vocabulary import vocabulary
from resonance_core.store.vocabulary import VOCABULARY, read_vocabulary


def runtime(batch_size: int = 8) -> RuntimeConfig:
    return RuntimeConfig(device="cpu", batch_size=batch_size)


def test_it_holds_what_is_heard_of_each_prompt_and_what_each_changes(store, quick, nano):
    record = vocabulary(quick, store, runtime()).record
    found = read_vocabulary(store.path(record, VOCABULARY))
    prompts, layers = ("techno", "folk", "slow"), range(nano.info.layers)
    assert (found.prompts, found.layers) == (prompts, tuple(layers))
    pieces = nano.generate(
        [prompt for prompt in prompts for _clip in range(2)],
        seeds=range(6),
        duration_s=0.5,
        sampling=quick.sampling,
    )
    audio = mono(pieces)
    heard = nano.capture(audio, layers=layers, prompts=[""] * 6, melody=True).vectors
    np.testing.assert_allclose(
        found.heard, heard.reshape(3, 2, *heard.shape[1:]).mean(1), rtol=1e-4, atol=1e-4
    )
    told = nano.capture(audio[[0, 2]], layers=layers, prompts=["slow"] * 2, melody=False).vectors
    np.testing.assert_allclose(found.told[2], told.mean(0), rtol=1e-4, atol=1e-4)
    assert vocabulary(quick, store, runtime()).hit


def test_the_batch_makes_no_difference(store, quick):
    together = vocabulary(quick, store, runtime()).record
    before = read_vocabulary(store.path(together, VOCABULARY))
    store.path(together, VOCABULARY).unlink()
    alone = vocabulary(quick, store, runtime(batch_size=1)).record
    assert alone.key == together.key
    after = read_vocabulary(store.path(alone, VOCABULARY))
    np.testing.assert_allclose(after.heard, before.heard, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(after.told, before.told, rtol=1e-4, atol=1e-4)


def test_no_more_pieces_are_common_than_there_are_prompts():
    with pytest.raises(ValueError, match="common 3 is more than the 2 prompts"):
        VocabularyConfig(prompts=("techno", "folk"), common=3)
