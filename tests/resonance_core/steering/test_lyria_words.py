import pytest

from resonance_core.config import SamplingConfig
from resonance_core.describe.character import PlaylistCharacter
from resonance_core.errors import ConfigError
from resonance_core.steering.concept_file import load_concepts
from resonance_core.steering.lyria_words import Playlist, lyria_request

SAMPLING = SamplingConfig(guidance_scale=4, temperature=1.1, top_k=40)
DRAWN = {"guidance": 4.0, "temperature": 1.1, "top_k": 40}
TECHNO = PlaylistCharacter(
    genres={"techno": 1.0},
    tempo_bpm=128.4,
    levels={"energy": 0.5, "bass": 0.8, "density": 0.2, "tension": -0.2, "vocal": -0.6},
)


def tell(prompt="slow piano", playlist=None, concepts=None, **sliders):
    return lyria_request(prompt, playlist, sliders, concepts or load_concepts(), SAMPLING)


def words(request) -> list[tuple[str, float]]:
    return [(prompt.text, prompt.weight) for prompt in request.prompts]


def controls(request) -> dict[str, object]:
    """Return what is not as the sampling has it."""
    given = request.controls.given()
    return {name: value for name, value in given.items() if DRAWN.get(name) != value}


def test_a_prompt_alone_is_a_prompt_and_leaves_the_rest_to_lyria():
    request = tell()
    assert words(request) == [("slow piano", 1.0)]
    assert request.controls.given() == DRAWN


def test_the_prompt_names_tempo_and_scale():
    assert controls(tell("slow piano, 70 bpm, in D minor")) == {
        "bpm": 70,
        "scale": "F_MAJOR_D_MINOR",
    }


@pytest.mark.parametrize(
    ("slider", "position", "told", "controlled"),
    [
        ("energy", 0.5, [("energetic", 0.5)], {"guidance": 4.5}),
        ("energy", -0.5, [("calm", 0.5)], {"guidance": 4.5}),
        ("energy", -1.0, [("calm", 1.0)], {"guidance": 5.0, "mute_drums": True}),
        ("tempo", 1.0, [], {"guidance": 5.0, "bpm": 156}),
        ("tempo", -1.0, [], {"guidance": 5.0, "bpm": 78}),
        ("bass", 0.5, [("heavy bass", 0.5)], {"guidance": 4.5}),
        ("bass", -0.5, [("no bass", 0.5)], {"guidance": 4.5}),
        ("bass", -1.0, [], {"guidance": 5.0, "mute_bass": True}),
        ("harmony", 0.5, [("complex jazz chords", 0.5)], {"guidance": 4.5}),
        ("density", 0.5, [], {"guidance": 4.5, "density": 0.75}),
        ("density", -1.0, [], {"guidance": 5.0, "density": 0.0}),
        (
            "vocal",
            0.5,
            [("choir", 0.5)],
            {"guidance": 4.5, "music_generation_mode": "VOCALIZATION"},
        ),
        ("vocal", -0.5, [("instrumental", 0.5)], {"guidance": 4.5}),
        ("tension", 0.5, [("tense", 0.5)], {"guidance": 4.5, "brightness": 0.25}),
        ("tension", -1.0, [("happy", 1.0)], {"guidance": 5.0, "brightness": 1.0}),
    ],
)
def test_each_slider_becomes_words_or_controls(slider, position, told, controlled):
    request = tell(**{slider: position})
    assert words(request)[1:] == told
    assert controls(request) == controlled


def test_a_slider_at_zero_leaves_no_trace():
    assert tell(energy=0.0, tempo=0.0, density=0.0) == tell()


def test_the_order_of_sliders_makes_no_difference():
    assert tell(bass=0.5, energy=-0.5) == tell(energy=-0.5, bass=0.5)


def test_a_playlist_counts_as_much_as_its_strength():
    request = tell(playlist=Playlist(TECHNO, 0.5))
    assert words(request) == [
        ("slow piano", 1.0),
        ("techno music, heavy bass, instrumental, energetic", 0.5),
    ]
    assert controls(request) == {"bpm": 128, "density": 0.55, "brightness": 0.55}
    assert tell(playlist=Playlist(TECHNO, 0.0)) == tell()


def test_sliders_start_from_where_the_playlist_is():
    request = tell(playlist=Playlist(TECHNO), density=0.5, tempo=0.5, tension=1.0)
    assert controls(request) == {
        "guidance": 5.0,
        "bpm": 153,
        "density": 0.85,
        "brightness": 0.1,
    }
    assert tell(playlist=Playlist(TECHNO), bass=1.0, density=1.0).controls.density == 1.0


def test_the_prompts_tempo_comes_before_the_playlists():
    assert tell("80 bpm", Playlist(TECHNO)).controls.bpm == 80


def test_the_tempo_stays_within_what_lyria_plays():
    assert tell("180 bpm", tempo=1.0).controls.bpm == 200
    assert tell("70 bpm", tempo=-1.0).controls.bpm == 60


def test_guidance_stays_within_what_lyria_takes():
    lively = SamplingConfig(guidance_scale=5.5)
    request = lyria_request("x", None, {"energy": 1.0}, load_concepts(), lively)
    assert request.controls.guidance == 6.0


def test_playing_away_from_a_playlist_is_refused():
    with pytest.raises(ConfigError, match=r"strength -1 means.*positive --strength"):
        tell(playlist=Playlist(TECHNO, -1.0))


def test_a_slider_that_is_none_or_has_no_words_is_refused(audio_concepts):
    with pytest.raises(ConfigError, match="no concept 'sweetness'"):
        tell(sweetness=1.0)
    with pytest.raises(ConfigError, match="slider 'warmth' is made from music, and Lyria takes"):
        tell(concepts=load_concepts(audio_concepts), warmth=0.5)
