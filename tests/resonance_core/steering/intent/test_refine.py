import time
from collections import Counter
from pathlib import Path

import pytest
import yaml

from resonance_core.errors import ConfigError
from resonance_core.steering.intent import words as intent_words
from resonance_core.steering.intent.refine import Change, refine
from resonance_core.steering.intent.rules import RULES
from resonance_core.steering.intent.terms import LEXICON, VOCABULARY
from resonance_core.steering.intent.words import SLIDERS

TABLE = yaml.safe_load(Path(__file__).with_name("phrasings.yaml").read_text("utf-8"))
ROWS = [row for rows in TABLE.values() for row in rows]
NEGATIONS = [
    row
    for section, rows in TABLE.items()
    if section.startswith(("negation", "keeping"))
    for row in rows
]


def everywhere(positions):
    return {slider: positions.get(slider, 0.0) for slider in SLIDERS}


def is_right(row):
    """Whether the text of a row does all that the row says, and nothing else."""
    now = everywhere(row.get("now", {}))
    made = refine(row["say"], now, row.get("history", []))
    return (
        made.positions == pytest.approx(now | row.get("to", {}), abs=1e-9)
        and list(made.kept) == row.get("kept", [])
        and list(made.not_understood) == row.get("unclear", [])
    )


def test_every_phrasing_is_right():
    assert [row["say"] for row in ROWS if not is_right(row)] == []


def test_no_negation_is_wrong():
    assert [row["say"] for row in NEGATIONS if not is_right(row)] == []


def test_the_table_is_as_large_as_it_should_be():
    assert len(ROWS) >= 170
    assert len(NEGATIONS) >= 40
    assert sum("unclear" in row for row in ROWS) >= 15
    asked = Counter(yaml.safe_dump(row) for row in ROWS)
    assert [row for row, times in asked.items() if times > 1] == []


def test_changes_name_the_words_that_asked_for_them():
    made = refine("A bit more bass and energy, but keep the tempo. LOUDER!", {"energy": 0.95})
    words = "A bit more bass and energy"
    assert made.changes == (
        Change(slider="bass", before=0.0, after=0.1, words=words),
        Change(slider="energy", before=0.95, after=1.0, words=words),
    )
    assert made.kept == ("tempo",)
    assert made.not_understood == ("LOUDER",)
    (change,) = refine("darker, but not too much", {}).changes
    assert change.words == "darker, but not too much"


def test_a_slider_at_its_end_is_reported_and_stays():
    made = refine("more bass", {"bass": 1.0})
    assert made.changes == (Change(slider="bass", before=1.0, after=1.0, words="more bass"),)
    assert made.history == ()


def test_a_conversation_goes_forward_and_back():
    made = refine("more bass", {})
    assert (made.positions["bass"], made.history) == (0.25, (everywhere({}),))
    made = refine("even more", made.positions, made.history)
    made = refine("no singing", made.positions, made.history)
    assert made.positions == everywhere({"bass": 0.5, "vocal": -1.0})
    made = refine("qwertz", made.positions, made.history)
    assert (made.changes, len(made.history)) == ((), 3)
    made = refine("two steps back", made.positions, made.history)
    assert (made.positions, made.undone) == (everywhere({"bass": 0.25}), 2)
    assert made.history == (everywhere({}),)
    made = refine("start over", made.positions, made.history)
    assert (made.positions, made.reset, made.undone) == (everywhere({}), True, 0)
    made = refine("undo that, and a bit faster", made.positions, made.history)
    assert (made.positions, made.undone) == (everywhere({"bass": 0.25, "tempo": 0.1}), 1)
    assert made.history == (everywhere({}), everywhere({"bass": 0.25}))
    (bass, tempo) = made.changes
    assert (bass.words, tempo.words) == ("undo that", "a bit faster")


def test_neither_positions_nor_history_are_changed():
    positions, history = {"bass": 0.5}, [{"bass": 0.25}]
    refine("undo and more tension", positions, history)
    assert (positions, history) == ({"bass": 0.5}, [{"bass": 0.25}])


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_text_is_refused(text):
    with pytest.raises(ConfigError, match=r"the text is empty\. Say what should change"):
        refine(text, {})


def test_a_long_text_is_refused_and_the_longest_is_read_at_once():
    with pytest.raises(ConfigError, match=r"501 characters, more than 500\. Say it"):
        refine("a" * 501, {})
    start = time.perf_counter()
    assert len(refine("bass," * 100, {}).not_understood) == 100
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("positions", "message"),
    [
        ({"volume": 0.5}, r"no slider 'volume'\. The sliders are: energy, tempo"),
        ({"bass": 1.5}, r"slider bass cannot stand at 1\.5\. Give a position from -1 to 1"),
        ({"bass": float("nan")}, "cannot stand at nan"),
    ],
)
def test_impossible_positions_are_refused(positions, message):
    with pytest.raises(ConfigError, match=message):
        refine("more bass", positions)
    with pytest.raises(ConfigError, match=message):
        refine("more bass", {}, [positions])


def test_no_phrase_stands_twice_in_the_table():
    rows = [*intent_words.SAME_AS, *intent_words.MARKERS.values()]
    rows += [row for values in intent_words.PHRASES.values() for row in values.values()]
    adjectives = [*intent_words.ADJECTIVES.values(), *intent_words.QUALIFIERS.values()]
    rows += [row.replace("/", ", ") for row in adjectives]
    phrases = Counter(phrase for row in rows for phrase in row.split(", "))
    assert [phrase for phrase, times in phrases.items() if times > 1] == []
    assert not set(intent_words.LOOKALIKES.split(", ")) & VOCABULARY


def test_rules_speak_of_roles_that_the_table_has():
    roles = {meaning.role for meaning in LEXICON.values()} | {"number"}
    spoken = {role for rule in RULES for role in f"{rule.patterns} {rule.optional}".split()}
    assert spoken - {"|"} <= roles
