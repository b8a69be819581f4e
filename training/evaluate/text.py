"""Does the music follow the text: opposite prompts, judged by probes and by direct measures."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from resonance_core.errors import ResonanceError
from resonance_core.judge.features import DIRECT_MEASURES
from resonance_core.judge.probes import Probes
from training.captions import BOTH, GENRE_ALONE, WORDS, WORDS_ALONE
from training.composer import HIGH, LOW
from training.evaluate.generation import Nano
from training.evaluate.probes import effect_size, load_probes
from training.genres import GENRES

UNSEEN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "energy": (
        ("tranquil", "delicate", "hushed", "placid"),
        ("vigorous", "aggressive", "furious", "ferocious"),
    ),
    "tempo": (("lazy", "crawling", "plodding"), ("speedy", "swift", "brisk", "racing")),
    "bass": (("missing bass", "lacking bass", "little bass"), ("massive bass", "huge bass")),
    "harmony": (
        ("elementary chords", "uncomplicated harmony", "monotonous harmony"),
        ("intricate chords", "advanced harmony", "ornate harmony"),
    ),
    "density": (
        ("lone instrument", "single player", "unaccompanied"),
        ("packed arrangement", "numerous instruments", "crammed arrangement"),
    ),
    "vocal": (("without singers", "voiceless"), ("singers", "vocalists", "chanting")),
    "tension": (
        ("cheerful", "sunny", "delightful"),
        ("scary", "frightening", "menacing", "creepy"),
    ),
}
"""Low and high prompts of words that no caption ever used: each phrase has at least one."""
GENRE_SEEDS = 8
"""Clips of each genre."""
TEXT_SEED, UNSEEN_SEED, GENRE_SEED = 11000, 12000, 13000


def evaluate_text(work: Path, seeds: int = 32) -> dict[str, Any]:
    """Compare clips of opposite prompts for every attribute, and read genres back.

    Args:
        work: The workspace.
        seeds: Clips on each side, spread over the genres.

    Returns:
        For ``seen`` and ``unseen`` words, by attribute: the effect size ``d`` on its own probe,
        the means on both sides, ``d`` of its direct measure, and of the other attributes'
        probes. ``genre_accuracy``, and the share of clips that were read right by genre.
    """
    _check_unseen()
    nano = Nano(work)
    probes = load_probes(work, nano.codec)
    seen = {name: (levels[LOW], levels[HIGH]) for name, levels in WORDS.items()}
    return {
        "seeds": seeds,
        "seen": _opposites(nano, probes, seen, seeds, TEXT_SEED),
        "unseen": _opposites(nano, probes, UNSEEN, seeds, UNSEEN_SEED),
        **_genres(nano, probes),
    }


def _opposites(
    nano: Nano,
    probes: Probes,
    words: dict[str, tuple[tuple[str, ...], tuple[str, ...]]],
    seeds: int,
    first_seed: int,
) -> dict[str, Any]:
    found = {}
    for attribute, (low, high) in words.items():
        prompts = _prompts(low, seeds) + _prompts(high, seeds)
        verdict = probes.read(nano.generate(prompts, first_seed))
        measured = DIRECT_MEASURES[attribute]
        d = {
            name: effect_size(values[:seeds], values[seeds:])
            for name, values in (verdict.levels | verdict.measures).items()
        }
        level = verdict.levels[attribute]
        found[attribute] = {
            "d": d[attribute],
            "low": float(level[:seeds].mean()),
            "high": float(level[seeds:].mean()),
            "direct_d": {measured: d[measured]},
            "other_d": {name: d[name] for name in words if name != attribute},
        }
    return found


def _prompts(words: Sequence[str], count: int) -> list[str]:
    """Combine words with genres; every round over the genres shifts the words by one."""
    genres = list(GENRES)
    return [
        f"{genres[i % len(genres)]}, {words[(i + i // len(genres)) % len(words)]}"
        for i in range(count)
    ]


def _genres(nano: Nano, probes: Probes) -> dict[str, Any]:
    asked = [genre for genre in GENRES for _ in range(GENRE_SEEDS)]
    prompts = [f"{genre} music" for genre in asked]
    read = probes.read(nano.generate(prompts, GENRE_SEED)).genres
    right = {
        genre: sum(a == r == genre for a, r in zip(asked, read, strict=True)) / GENRE_SEEDS
        for genre in GENRES
    }
    return {"genre_accuracy": sum(right.values()) / len(right), "genres": right}


def _check_unseen() -> None:
    phrases = [phrase for levels in WORDS.values() for level in levels for phrase in level]
    names = [name for genre in GENRES.values() for name in genre.names]
    known = set(" ".join([*phrases, *names, *GENRE_ALONE, *WORDS_ALONE, *BOTH]).split())
    for phrase in (phrase for sides in UNSEEN.values() for side in sides for phrase in side):
        if known.issuperset(phrase.split()):
            raise ResonanceError(
                f"{phrase!r} is made of words that captions use, so it cannot test unseen ones",
                "Choose another phrase",
            )


if __name__ == "__main__":
    from training.evaluate.report import command

    command(evaluate_text)
