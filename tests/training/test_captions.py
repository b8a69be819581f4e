import random

from resonance_core.judge.features import ATTRIBUTES
from training.captions import WORDS, caption
from training.composer import random_spec
from training.genres import GENRES


def drawn(count: int):
    rng = random.Random(0)
    for _ in range(count):
        spec = random_spec(rng)
        yield spec, caption(spec, rng)


def test_a_caption_says_what_it_claims():
    for spec, said in drawn(300):
        for attribute, level in said.levels.items():
            assert level == spec.levels[attribute]
            if attribute != "tempo":
                assert any(word in said.text for word in WORDS[attribute][level])
        if said.genre is not None:
            assert any(name in said.text for name in GENRES[spec.genre].names)
        assert (said.bpm is not None) == ("bpm" in said.text)
        if said.bpm is not None:
            assert str(round(spec.bpm)) in said.text


def test_every_caption_says_something_and_few_say_everything():
    counts = [len(said.levels) + (said.genre is not None) for _, said in drawn(1000)]
    assert min(counts) >= 1
    assert max(counts) <= 7
    assert 0.05 < sum(count == 1 for count in counts) / len(counts) < 0.35


def test_more_than_half_of_the_captions_tell_the_tempo():
    tempo = [said for _, said in drawn(1000) if "tempo" in said.levels]
    assert 0.5 < len(tempo) / 1000 < 0.7
    assert 0.5 < sum(said.bpm is not None for said in tempo) / len(tempo) < 0.7


def test_every_attribute_is_often_mentioned_alone():
    alone = [next(iter(said.levels)) for _, said in drawn(2000) if len(said.levels) == 1]
    for attribute in ATTRIBUTES:
        assert alone.count(attribute) / len(alone) > 0.08


def test_no_word_stands_for_two_levels():
    for attribute in ATTRIBUTES:
        words = [word for level in WORDS[attribute] for word in level]
        assert len(words) == len(set(words))


def test_only_the_attributes_asked_for_are_mentioned():
    spec = random_spec(random.Random(5))
    assert set(caption(spec, random.Random(1), ["bass"]).levels) == {"bass"}
