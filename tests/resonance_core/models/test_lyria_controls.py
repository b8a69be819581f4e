import pytest
from google.genai.types import LiveMusicGenerationConfig, Scale
from pydantic import ValidationError

from resonance_core.config import SamplingConfig
from resonance_core.errors import ConfigError
from resonance_core.models.lyria_controls import (
    SCALES,
    LyriaControls,
    WeightedPrompt,
    scale_in,
    tempo_in,
)


@pytest.mark.parametrize(
    ("words", "scale"),
    [
        ("slow piano in D minor", "F_MAJOR_D_MINOR"),
        ("A minor waltz", "C_MAJOR_A_MINOR"),
        ("c# minor", "E_MAJOR_D_FLAT_MINOR"),
        ("B♭ major", "B_FLAT_MAJOR_G_MINOR"),
        ("Bb minor", "D_FLAT_MAJOR_B_FLAT_MINOR"),
        ("b minor", "D_MAJOR_B_MINOR"),
        ("F sharp major", "G_FLAT_MAJOR_E_FLAT_MINOR"),
        ("C-flat major", "B_MAJOR_A_FLAT_MINOR"),
        ("E Minor", "G_MAJOR_E_MINOR"),
        ("in a minor mood", None),
        ("a major hit", None),
        ("the minor league", None),
        ("D minority", None),
        ("slow piano", None),
    ],
)
def test_words_name_a_scale(words, scale):
    assert scale_in(words) == scale


@pytest.mark.parametrize(
    ("words", "tempo"),
    [("techno, 128 bpm", 128.0), ("60 beats a minute", 60.0), ("90BPM", 90.0), ("808 bass", None)],
)
def test_words_name_a_tempo(words, tempo):
    assert tempo_in(words) == tempo


@pytest.mark.parametrize("tempo", [59, 201])
def test_a_tempo_that_lyria_does_not_play_is_refused(tempo):
    with pytest.raises(ConfigError, match=f"60 to 200 beats a minute, not {tempo}"):
        tempo_in(f"at {tempo} bpm")


def test_names_and_fields_are_googles():
    assert set(SCALES) == {scale.value for scale in Scale} - {"SCALE_UNSPECIFIED"}
    assert set(LyriaControls.model_fields) <= set(LiveMusicGenerationConfig.model_fields)


def test_what_is_out_of_range_is_refused_by_name():
    for values, words in (
        ({"guidance_scale": 6.5}, r"guidance = 6\.5"),
        ({"temperature": 3.5}, r"temperature = 3\.5"),
        ({"top_k": 1001}, r"top_k = 1001"),
    ):
        with pytest.raises(ConfigError, match=words):
            LyriaControls.of(SamplingConfig(**values))
    assert LyriaControls.of(SamplingConfig(top_k=0)).top_k == 1000


@pytest.mark.parametrize("weight", [0, -1, float("nan")])
def test_a_weight_is_positive(weight):
    with pytest.raises(ValidationError):
        WeightedPrompt(text="calm", weight=weight)
