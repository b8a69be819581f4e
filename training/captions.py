"""Captions for procedural clips: genre names, synonyms of the attributes' levels, tempo in bpm."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from resonance_core.judge.features import ATTRIBUTES
from training.composer import MEDIUM, ClipSpec
from training.genres import GENRES

WORDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "energy": (
        ("calm", "soft", "gentle", "quiet", "relaxed", "low energy", "mellow", "peaceful",
         "soothing", "subdued", "restful", "sleepy"),
        ("moderate energy", "steady energy", "medium energy"),
        ("energetic", "loud", "powerful", "high energy", "intense", "driving", "explosive",
         "punchy", "forceful", "hard hitting", "wild", "pumping"),
    ),
    "tempo": (
        ("slow", "slow tempo", "very slow", "downtempo", "sluggish", "unhurried", "leisurely",
         "slow paced", "adagio"),
        ("medium tempo", "mid tempo", "moderate pace", "walking pace"),
        ("fast", "fast tempo", "quick", "uptempo", "rapid", "very fast", "hurried",
         "fast paced", "presto"),
    ),
    "bass": (
        ("no bass", "thin low end", "without bass", "light bass", "bassless", "weak low end"),
        ("moderate bass", "balanced bass"),
        ("heavy bass", "deep bass", "booming bass", "strong bass", "bass heavy",
         "powerful sub bass", "big low end", "thundering bass"),
    ),
    "harmony": (
        ("simple chords", "simple harmony", "one chord", "static harmony", "basic chords",
         "unchanging chord", "plain harmony"),
        ("a few chords", "moderately rich harmony", "two chords"),
        ("complex harmony", "complex jazz chords", "rich extended chords", "chromatic harmony",
         "sophisticated harmony", "many chord changes", "elaborate harmony"),
    ),
    "density": (
        ("solo instrument", "sparse arrangement", "minimal", "few instruments", "bare",
         "thin texture", "stripped down"),
        ("a few layers", "small ensemble"),
        ("dense arrangement", "many instruments", "full arrangement", "layered",
         "thick texture", "busy", "lush arrangement", "crowded"),
    ),
    "vocal": (
        ("instrumental", "no vocals", "without voices", "no singing", "instrumental only"),
        ("backing vocals", "subtle choir"),
        ("choir", "vocals", "singing voices", "vocal choir", "choral voices", "lead vocals",
         "people singing", "a chorus of voices"),
    ),
    "tension": (
        ("happy", "serene", "bright", "uplifting", "resolved", "joyful", "carefree", "warm",
         "consonant"),
        ("neutral mood", "bittersweet", "melancholic"),
        ("tense", "suspenseful", "dark", "ominous", "anxious", "dissonant",
         "dramatic tension", "sinister", "nervous", "eerie"),
    ),
}  # fmt: skip
"""What captions call each attribute's levels, low to high."""

GENRE_ALONE = ("{genre}", "a {genre} track", "{genre} music", "some {genre}", "{genre} song")
WORDS_ALONE = (
    "{words}", "{words} music", "a {words} track", "music that is {words}", "{words} song",
    "something {words}",
)  # fmt: skip
BOTH = (
    "{genre}, {words}", "{words}, {genre}", "a {genre} track with {words}",
    "{words} {genre} music", "{genre} music: {words}", "{genre} that is {words}",
)  # fmt: skip


@dataclass(frozen=True)
class Caption:
    """A caption and what it says.

    Attributes:
        text: The words.
        levels: The level of each attribute that is mentioned.
        genre: The genre's name in `GENRES`; None if it is not mentioned.
        bpm: The tempo; None if it is not mentioned in beats a minute.
    """

    text: str
    levels: dict[str, int]
    genre: str | None
    bpm: int | None


def caption(spec: ClipSpec, rng: random.Random, only: Sequence[str] | None = None) -> Caption:
    """Describe a clip: sometimes only its genre, sometimes a few attributes, sometimes most.

    Args:
        spec: The clip.
        rng: Chooses what to mention and how.
        only: Mention exactly these attributes.
    """
    mentioned = _mentioned(spec, rng) if only is None else list(only)
    words = [rng.choice(WORDS[attribute][spec.levels[attribute]]) for attribute in mentioned]
    bpm = round(spec.bpm) if "tempo" in mentioned and rng.random() < 0.6 else None
    if bpm is not None:
        tempo = mentioned.index("tempo")
        words[tempo] = rng.choice(("{bpm} bpm", "{word}, {bpm} bpm", "{word} {bpm} bpm")).format(
            bpm=bpm, word=words[tempo]
        )
    rng.shuffle(words)
    named = not words or rng.random() < 0.55
    genre = rng.choice(GENRES[spec.genre].names) if named else None
    templates = BOTH if genre and words else GENRE_ALONE if genre else WORDS_ALONE
    return Caption(
        text=rng.choice(templates).format(genre=genre, words=", ".join(words)),
        levels={attribute: spec.levels[attribute] for attribute in mentioned},
        genre=spec.genre if named else None,
        bpm=bpm,
    )


def _mentioned(spec: ClipSpec, rng: random.Random) -> list[str]:
    """Choose the attributes to mention; medium levels, which say little, less often.

    Half the captions mention only one or two, so that each attribute is heard by itself. The
    tempo is often added: it decides on which frames everything happens, and a model that is
    seldom told it never learns to keep it.
    """
    order = sorted(ATTRIBUTES, key=lambda name: rng.random() + 0.45 * (spec.levels[name] == MEDIUM))
    share = rng.random()
    if share < 0.1:
        return []
    mentioned = order[: rng.randint(1, 2) if share < 0.65 else rng.randint(3, 5)]
    if "tempo" not in mentioned and rng.random() < 0.4:
        mentioned.append("tempo")
    return mentioned
