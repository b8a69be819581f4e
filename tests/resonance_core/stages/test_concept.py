import numpy as np
import pytest

from resonance_core.config import RuntimeConfig
from resonance_core.errors import ConfigError
from resonance_core.models.base import mono
from resonance_core.stages.concept import concept, find_concept
from resonance_core.steering.concept_file import load_concepts
from resonance_core.store.directions import AUDIBLE, DIRECTION, read_audible, read_direction

FILE = load_concepts()


def runtime(batch_size: int = 8) -> RuntimeConfig:
    return RuntimeConfig(device="cpu", batch_size=batch_size)


def test_a_concept_is_what_the_other_words_change_in_the_same_music(store, quick, nano):
    record = concept("bass", FILE, quick, store, runtime()).record
    found = read_direction(store.path(record, DIRECTION))
    poles = list(zip(*FILE.pairs("bass", 2), strict=True))
    music = [
        nano.generate(prompts, seeds=[0, 1], duration_s=0.5, sampling=quick.sampling)
        for prompts in poles
    ]
    heard = np.array(
        [
            [nano.capture(mono(a), layers=range(6), prompts=p, melody=False).vectors for p in poles]
            for a in music
        ]
    )  # [piece, prompt, pairs, layers, hidden]
    words = (heard[:, 1] - heard[:, 0]).mean((0, 1))
    np.testing.assert_allclose(found.per_layer, words, rtol=1e-3, atol=1e-4)
    audible = (heard[1] - heard[0]).mean((0, 1))
    kept = read_audible(store.path(record, AUDIBLE))
    np.testing.assert_allclose(kept, audible, rtol=1e-3, atol=1e-4)
    assert found.metadata["kind"] == "concept"
    assert len(record.info["split_half"]) == len(record.info["agreement"]) == 6
    assert concept("bass", FILE, quick, store, runtime()).hit


def test_the_batch_makes_no_difference(store, quick):
    together = concept("energy", FILE, quick, store, runtime()).record
    vectors = read_direction(store.path(together, DIRECTION)).per_layer
    store.path(together, DIRECTION).unlink()
    alone = concept("energy", FILE, quick, store, runtime(batch_size=1)).record
    assert alone.key == together.key
    again = read_direction(store.path(alone, DIRECTION)).per_layer
    np.testing.assert_allclose(again, vectors, rtol=1e-3, atol=1e-3)


def test_other_words_are_another_concept(store, quick):
    other = FILE.model_copy(update={"frames": FILE.frames[::-1]})
    keys = {concept("energy", file, quick, store, runtime()).record.key for file in (FILE, other)}
    assert len(keys) == 2


def test_an_unknown_concept_is_refused(store, quick):
    with pytest.raises(ConfigError, match="no concept 'colour'"):
        concept("colour", FILE, quick, store, runtime())


def test_what_is_made_is_found_and_nothing_is_made_to_find_it(store, quick, audio_concepts):
    file = load_concepts(audio_concepts)
    mixed = FILE.model_copy(update={"concepts": {**FILE.concepts, **file.concepts}})
    for name in ("bass", "brightness", "warmth"):
        assert find_concept(name, mixed, quick, store, runtime()) is None
    assert not store.root.exists()
    (audio_concepts.parent / "music" / "high" / "broken.mp3").write_bytes(b"no music" * 1000)
    for name in ("bass", "brightness"):
        made = concept(name, mixed, quick, store, runtime())
        assert not made.hit
        assert find_concept(name, mixed, quick, store, runtime()) == made.record
    count = len(list(store.records()))
    assert find_concept("warmth", mixed, quick, store, runtime()) is None
    (audio_concepts.parent / "music" / "warmth.csv").unlink()
    assert find_concept("warmth", mixed, quick, store, runtime()) is None
    assert len(list(store.records())) == count
