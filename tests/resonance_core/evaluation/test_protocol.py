from resonance_core.config_file import load_config
from resonance_core.evaluation.protocol import FULL, PROMPTS, QUICK, with_little
from resonance_core.evaluation.rungs import name_of_rung
from resonance_core.steering.concept_file import load_concepts


def test_the_full_protocol_is_as_large_as_promised():
    assert len(FULL.positions) == 7
    assert 0.0 in FULL.positions
    assert len(FULL.sliders.prompts) >= 24
    assert len(FULL.sliders.pieces()) == len(set(FULL.sliders.pieces())) >= 48
    assert FULL.random_directions == 20


def test_no_prompt_says_what_a_slider_moves_or_made_a_direction():
    file = load_concepts()
    config = load_config(environment={})
    words = {
        word for concept in file.concepts.values() for pair in concept.words or () for word in pair
    }
    made_with = {
        *(p for name in file.concepts for pair in file.pairs(name, 28) for p in pair),
        *config.scan.prompts,
        *config.calibrate.prompts,
    }
    for prompt in PROMPTS:
        assert not any(f" {word} " in f" {prompt} " for word in words - {"minimal", "bare"})
        assert prompt not in made_with or prompt == "music"


def test_calibration_and_trials_share_no_seed():
    config = load_config(environment={})
    assert FULL.sliders.first_seed > 1000 > config.calibrate.seed
    assert FULL.sliders.first_seed > config.concept.seed + config.concept.pairs


def test_little_keeps_the_recipe():
    config = load_config(environment={})
    little = with_little(config)
    assert name_of_rung(little) == name_of_rung(config)
    assert little.calibrate.strengths == (0.0, 2.0)
    assert len(QUICK.sliders.pieces()) < len(FULL.sliders.pieces()) / 10
