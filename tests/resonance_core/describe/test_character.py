import pytest
from pydantic import ValidationError

from resonance_core.describe.character import PlaylistCharacter
from resonance_core.steering.concept_file import load_concepts

CONCEPTS = load_concepts()


def character(**changes) -> PlaylistCharacter:
    levels = {"energy": 0.9, "tempo": -0.5, "bass": 0.1, "mystery": 1.0}
    return PlaylistCharacter(
        **{"genres": {"jazz": 0.7, "rock": 0.3}, "tempo_bpm": 96.0, "levels": levels, **changes}
    )


def test_the_prompt_names_the_main_genre_and_what_is_marked_the_strongest_first():
    assert character().prompt(CONCEPTS) == "jazz music, energetic, slow"


def test_what_a_describer_hears_comes_before_the_levels():
    heard = character(mood=("wistful",), instruments=("harp", "choir"))
    assert heard.prompt(CONCEPTS) == "jazz music, wistful, harp, choir"


def test_music_of_no_genre_is_music():
    assert character(genres={}, levels={}).prompt(CONCEPTS) == "music"


def test_sliders_are_those_there_are_in_their_order():
    assert character().sliders(CONCEPTS) == {"energy": 0.9, "tempo": -0.5, "bass": 0.1}
    assert list(character().sliders(CONCEPTS)) == ["energy", "tempo", "bass"]


def test_a_level_beyond_the_ends_is_refused():
    with pytest.raises(ValidationError, match="less than or equal to 1"):
        character(levels={"energy": 1.5})
