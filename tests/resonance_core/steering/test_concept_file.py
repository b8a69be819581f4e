from pathlib import Path

import pytest

from resonance_core.errors import ConfigError
from resonance_core.steering.concept_file import load_concepts
from resonance_core.steering.intent.words import SLIDERS


def test_the_seven_sliders_ship_with_many_pairs():
    file = load_concepts()
    assert list(file.concepts) == list(SLIDERS)  # those that people can speak of
    for name in SLIDERS:
        pairs = file.pairs(name, 28)
        assert len(set(pairs)) == 28
        assert len({low for low, _ in pairs} & {high for _, high in pairs}) == 0


def test_the_prompts_of_a_pair_differ_in_the_words_only():
    file = load_concepts()
    for name, concept in file.concepts.items():
        for low, high in file.pairs(name, 60):
            assert any(
                low.replace(words[0], "{}", 1) == high.replace(words[1], "{}", 1)
                for words in concept.words
            )


def test_every_frame_and_every_word_is_used():
    file = load_concepts()
    everything = file.pairs("energy", len(file.frames) * len(file.concepts["energy"].words))
    assert len(set(everything)) == len(everything)


def test_too_many_pairs_are_refused():
    with pytest.raises(ConfigError, match="1000 pairs are more than the 77 of concept 'energy'"):
        load_concepts().pairs("energy", 1000)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("frames: ['music']\nconcepts: {}", "frame 'music' must hold {} once"),
        ("frames: ['{}']\nconcepts: {a: {label: A, words: []}}", "concepts.a.words"),
        ("frames: ['{}']\nconcepts: {a: {label: A, words: [[x, y]], wrds: 1}}", "wrds"),
        ("concepts: {a: {label: A, words: [[x, y]]}}", "the words of 'a' need frames"),
        ("concepts: {a: {label: A}}", "concepts.a: it is made from nothing"),
        ("concepts: {a: {label: A}}", "made from nothing; give words, or prompts, or both low"),
        ("concepts: {a: {label: A, prompts: [[x, y]]}}", "concepts.a.prompts"),
        ("concepts: {a: {label: A, low: x}}", "it is made from low; give"),
        ("concepts: {a: {label: A, low: x, high: y, tracks: z}}", "low and high and tracks; give"),
        (
            "frames: ['{}']\nconcepts: {a: {label: A, words: [[x, y]], tracks: z}}",
            "words and tracks",
        ),
        ("frames: [", "cannot be read"),
        ("- 1", "cannot be used"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path, text, message):
    path = tmp_path / "concepts.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_concepts(path)
    assert message in str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_concepts(tmp_path / "none.yaml")


def test_paths_start_from_the_files_folder(tmp_path, monkeypatch):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "concepts.yaml").write_text(
        "concepts:\n"
        "  a: {label: A, low: dark, high: 'https://example.org/bright'}\n"
        "  b: {label: B, tracks: b.csv}\n"
    )
    monkeypatch.chdir(tmp_path)
    file = load_concepts(Path("mine/concepts.yaml"))
    assert file.concepts["a"].sources == {
        "low": str(folder / "dark"),
        "high": "https://example.org/bright",
    }
    assert file.concepts["b"].sources == {"tracks": str(folder / "b.csv")}


def test_a_concept_from_audio_has_no_prompts(audio_concepts):
    file = load_concepts(audio_concepts)
    with pytest.raises(ConfigError, match="more than the 0 of concept 'warmth'"):
        file.pairs("warmth", 2)


def test_whole_prompts_are_played_as_they_are(tmp_path):
    path = tmp_path / "concepts.yaml"
    path.write_text("concepts: {grit: {label: Grit, prompts: [[clean, gritty], [soft, hard]]}}")
    assert load_concepts(path).pairs("grit", 28) == [("clean", "gritty"), ("soft", "hard")]
