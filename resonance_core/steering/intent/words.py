"""The words of chat refinement: one table, from phrases to what they stand for.

Words that mean several things (louder, simpler, heavier, intense) stand here only in the company
that makes them clear, so that on their own they are reported and not guessed.
"""

from typing import Any, NamedTuple

SLIDERS = ("energy", "tempo", "bass", "harmony", "density", "vocal", "tension")

SMALL, PLAIN, MUCH, EXTREME, FULL = 0.1, 0.25, 0.5, 0.75, 2.0
"""How far a slider moves; the last reaches its end from anywhere."""


class Quality(NamedTuple):
    """What an adjective says.

    Attributes:
        signs: For each slider it can speak of, which way.
        alone: Whether it needs no noun to be clear.
    """

    signs: dict[str, int]
    alone: bool


SAME_AS = {
    "don't, dont, doesn't, doesnt, shouldn't, shouldnt, mustn't": "not",
    "isn't, isnt, aren't, arent, wasn't, weren't": "is not",
    "it's, its, that's, thats, there's": "it is",
    "i'd": "i would",
    "let's": "let",
    "not that": "not so",
    "not quite so, not quite as, not quite that": "slightly not so",
    "want to hear, want to have": "want",
    "little more": "a little more",
    "little less": "a little less",
    "a few more": "a little more",
    "a few less, a few fewer": "a little less",
    "instrumental": "no vocals",
    "full energy": "maximum energy",
    "full speed": "maximum tempo",
    "max out": "maximum",
    "lower the, lower its": "turn down the",
    "dial back, dial down, pull back, scale back, tone down, cut back on, hold back on, ease off, "
    "ease up on, back off": "turn down",
    "dial up, pump up, crank up, amp up, ramp up, bump up": "turn up",
    "bring in": "add",
    "leave out, get rid of, take away": "remove",
    "pick up the pace, speed up, speeding up": "faster",
    "slow down, slowing down": "slower",
    "calm down, chill out, mellow out": "calmer",
    "cheer up, lighten the mood": "happier",
    "thin out, strip back, strip down": "sparser",
    "fill out": "fuller",
    "adding": "add",
    "boosting": "boost",
    "changing, touching": "change",
    "dropping": "drop",
    "getting": "get",
    "increasing, raising": "increase",
    "keeping": "keep",
    "leaving": "leave",
    "losing, removing": "remove",
    "making": "make",
    "reducing, lowering": "reduce",
    "turning": "turn",
} | {
    f"{verb} {what} {particle}": meaning
    for verb, particle, meaning in (
        ("speed", "up", "faster"),
        ("slow", "down", "slower"),
        ("calm", "down", "calmer"),
        ("liven", "up", "livelier"),
        ("thin", "out", "sparser"),
        ("strip", "back", "sparser"),
        ("strip", "down", "sparser"),
        ("fill", "out", "fuller"),
    )
    for what in ("it", "this", "that", "things", "everything", "the song", "the music", "the tempo")
}
"""Phrases that are read as others."""

ADJECTIVES = {
    "energy+": "energetic, lively/livelier, punchy/punchier, driving, upbeat, peppy/peppier, "
    "exciting, wild/wilder",
    "energy-": "calm/calmer, mellow/mellower, gentle/gentler, chill, chilled, laid back, "
    "sleepy/sleepier, lazy/lazier, soothing, subdued",
    "tempo+": "fast/faster, quick/quicker, speedy/speedier, rapid, brisk/brisker, uptempo",
    "tempo-": "slow/slower, sluggish, downtempo",
    "bass+": "bassy/bassier, boomy/boomier, bass heavy",
    "density+": "full/fuller, dense/denser, busy/busier, layered, lush/lusher, crowded, "
    "thick/thicker",
    "density-": "sparse/sparser, thin/thinner, minimal, minimalist, stripped back, stripped down, "
    "bare/barer, empty/emptier, airy/airier",
    "tension+": "tense/tenser, dark/darker, dramatic, scary/scarier, ominous, gloomy/gloomier, "
    "moody/moodier, menacing, sinister, suspenseful, anxious, eerie/eerier, edgy/edgier",
    "tension-": "happy/happier, cheerful, bright/brighter, hopeful, joyful, carefree, uplifting, "
    "sunny/sunnier, relaxed, peaceful, light hearted",
}
"""Adjectives that are clear alone, each with its comparative in -er where it has one."""

QUALIFIERS = {
    "bass+ vocal+": "loud/louder, prominent, present, audible, big/bigger",
    "bass- vocal-": "quiet/quieter, soft/softer",
    "bass+": "deep/deeper, heavy/heavier, fat/fatter",
    "bass-": "light/lighter",
    "bass+ vocal+ energy+ tension+": "strong/stronger, powerful",
    "bass- vocal- energy- tension-": "weak/weaker",
    "energy+ tension+": "intense",
    "energy+ tempo+ density+ tension+": "high/higher",
    "energy- tempo- density- tension-": "low/lower",
    "harmony+ density+": "rich/richer, complex, intricate",
    "harmony+": "jazzy/jazzier, sophisticated, interesting",
    "harmony- density-": "simple/simpler, simplify, basic, plain",
}
"""Adjectives that say something only of the right noun: louder vocals, simpler chords."""

PHRASES: dict[str, dict[Any, str]] = {
    "noun": {
        ("energy",): "energy, punch, oomph, liveliness",
        ("tempo",): "tempo, speed, pace, bpm",
        ("bass",): "bass, bass resonance, low end, bottom end, lows, low frequencies, sub bass",
        ("harmony",): "harmony, harmonies, chord, chords, harmonic complexity, chord changes",
        ("density",): "density, instrument density, instrument, instruments, instrumentation, "
        "layers, arrangement, texture",
        ("vocal",): "vocal, vocals, vocal presence, voice, voices, singing, singer",
        ("tension",): "tension, emotional tension, drama, suspense, darkness",
    },
    "size": {
        SMALL: "a bit, a bit of, bit, a little, a little of, a little bit, a little bit of, "
        "tiny bit, a tiny bit, a wee bit, a smidge, a touch, a touch of, a tad, a hair, a notch, "
        "slightly, ever so slightly, somewhat, kind of, kinda",
        PLAIN: "some, some of the",
        MUCH: "much, a lot, a lot of, lots, lots of, plenty of, way, far, very, really, "
        "quite a bit, quite a lot, considerably",
        EXTREME: "extremely, super, insanely, hugely, massively, a ton, a ton of, tons of",
        FULL: "completely, totally, fully, entirely, absolutely, all the way",
    },
    "more": {1: "more, more of, extra", -1: "less, less of, fewer"},
    "turn": {
        1: "up, back up, increase, raise, boost, lift",
        -1: "down, back down, decrease, reduce, lessen, diminish",
    },
    "drop": {-1: "cut, drop"},
    "add": {1: "add, include"},
    "remove": {-1: "remove, out, off, eliminate, lose, kill, mute, ditch, silence, stop"},
    "no": {-1: "no, zero"},
    "end": {1: "maximum, max, maximize, maximise", -1: "minimum, min, minimize, minimise"},
    "times": {0.5: "half, in half, halve", 2.0: "twice, double"},
    "number": {float(i): word for i, word in enumerate(["one", "two", "three", "four", "five"], 1)},
    "too_much": {1: "too much, too many", -1: "too little, too few"},
    "so_much": {
        1: "so much, as much, that much, so many, as many, that many",
        -1: "as little, as few",
    },
}
"""Phrases with a value: role, value, phrases."""

MARKERS = {
    "not": "not",
    "without": "without",
    "any": "any",
    "too": "too",
    "so": "so, as",
    "enough": "enough",
    "possible": "as possible, as you can, as it gets, as it can be",
    "even": "even, still",
    "again": "again",
    "further": "further, keep going, more of that, more of this, more of it, more of the same",
    "to": "to, at",
    "by": "by",
    "percent": "%, percent, per cent",
    "is": "is, are, was, were, has, have, got, sounds, feels, seems",
    "want": "want, wants, need, needs, use, give, prefer",
    "with": "with",
    "make": "make, get, set, put, turn, take, go, crank, push, pump, bump",
    "bring": "bring",
    "it": "it, this, that, things, song, track, music, piece, sound, mood, vibe, version, them, "
    "they",
    "all": "all, everything, the whole thing, all of it, all the sliders, all sliders",
    "rest": "the rest, everything else, anything else, all else, the others",
    "keep": "keep, leave, hold, maintain, preserve, stay, stays",
    "same": "same, as it is, as is, as they are, alone, unchanged, like this, where it is, "
    "where they are, steady, constant",
    "fine": "fine, good, perfect, great, nice, is ok, is okay, are ok, i like, i love",
    "change": "change, changes, touch, alter, affect, mess with",
    "undo": "undo, revert, roll back, go back, back, back to before, back to how it was, "
    "as it was, as they were, as it was before, like before, like it was, the way it was, "
    "the way they were",
    "step": "step, steps, times, last, previous, old",
    "reset": "reset, start over, start again, start from scratch, from scratch",
    "neutral": "neutral, normal, default, the middle, the default",
    "retract": "never mind, nevermind, forget it, forget that, scratch that, cancel that, nope",
    "if": "if, unless, until, when, whenever, once, as long as, in case",
    "unclear": "everything but, all but, anything but, nothing but, not only, not just, can not, "
    "could not, would not, will not, instead of, rather than, drop the bass, drop bass, "
    "drop some bass, double bass, vocal harmonies, is there, are there, does it, does the, do we, "
    "do i, should i, should we, should it, should the",
    "and": "and, also, then, while, plus",
    "or": "or, nor",
    "but": "but, yet, though",
    "plain": "please, pls, the, a, an, my, your, i, we, can, could, would, should, must, do, "
    "does, be, let, lets, me, us, just, only, maybe, perhaps, now, instead, ok, okay, yes, yeah, "
    "well, hmm, hey, hi, hello, thanks, thank you, can you, could you, would you, "
    "will you, you can, you could, you should, actually, there, i think, what about, "
    "how about, would like, would love, to be, to have, to hear, to sound, to get, to feel, "
    "want to, need to, needs to, have to, have to be, has to be, we have, i have, than before, "
    "than now, than this, than that, than it is, at all, overall, for me, as well, level, "
    "amount of",
}
"""Phrases that are only their role."""

PUNCTUATION = {"comma": ",()-–—/|", "stop": ".!?;…\n", "and": "&+", "plain": ":\"“”'"}
"""Characters, as words of the same role."""

LOOKALIKES = (
    "dose, exiting, form, heated, layer, lats, loose, lost, neural, noting, other, preset, rally, "
    "rising, sleep, sleeper, spare, steep, striped, supper, tanks, thins, ticker, "
    "tough, tuning, wider"
)
"""Words of their own that look like slips of the finger in words above."""
