"""What one clause asks for: rules over the roles of its terms, whatever their order.

A clause is understood only if a rule takes every one of its terms. What is left over, twice there
or contradictory makes the whole clause not understood.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any, NamedTuple

from resonance_core.steering.intent.terms import Term
from resonance_core.steering.intent.words import FULL, MUCH, PLAIN, SMALL, Quality


class Act(StrEnum):
    """What a step does."""

    MOVE = auto()
    """By an amount, each slider in the direction of its sign."""
    PLACE = auto()
    """To a position, each slider in the direction of its sign or, at 0, from anywhere."""
    SCALE = auto()
    """The slider's share of its way from -1 to 1 times a factor."""
    HOLD = auto()
    """Not in the direction of the sign, at 0 in neither; with no slider, all that stay anyway."""
    RESTORE = auto()
    """Up to where the slider last stood higher, or to neutral."""
    REVERT = auto()
    """To where the slider stood before its last change."""
    UNDO = auto()
    """So many changes back."""
    RESET = auto()
    """Everything to neutral."""
    FURTHER = auto()
    """What changed last moves on in its direction."""
    FOLLOW = auto()
    """What changed last, all of it in the direction ``after``, moves by a signed amount."""
    BACK = auto()
    """What changed last goes back by a share of its change."""
    RESIZE = auto()
    """The step before, if it moved these sliders (or any, with none), gets another amount."""
    SPARE = auto()
    """After a change: not these sliders."""
    RETRACT = auto()
    """After a change: not that."""

    @property
    def refers_back(self) -> bool:
        """Whether it depends on what was said before."""
        return self in (Act.FURTHER, Act.FOLLOW, Act.BACK)


@dataclass(frozen=True)
class Step:
    """One thing a clause asks for."""

    act: Act
    signs: dict[str, int] = field(default_factory=dict)
    amount: float = 0.0
    after: int = 0


Parts = dict[str, Any]
"""The terms of a clause in their order: role to value."""


def read_clause(terms: Iterable[Term]) -> Step | None:
    """Return what a clause asks for, or None where that is not certain."""
    parts: Parts = {}
    for term in terms:
        if parts.setdefault(term.role, term.value) != term.value:
            return None
    return _read(parts)


def _read(parts: Parts) -> Step | None:
    for rule in RULES:
        if rule.takes(parts):
            return rule.reader(parts)
    return _prohibition(parts)


def _prohibition(parts: Parts) -> Step | None:
    """Read "not" and a change: that change must not happen, and nothing else is asked for."""
    negations = parts.keys() & {"not", "without", "no"}
    rest = {role: value for role, value in parts.items() if role not in negations | {"any"}}
    # "No more bass" may mean less, and "not much more" how much.
    unsure = {"size", "even", "again"} & rest.keys() or (
        {"more", "noun"} <= rest.keys() and rest["more"] > 0 and {"any", "no"} & parts.keys()
    )
    changes = {"more", "comp", "turn", "add", "remove", "drop"} & rest.keys()
    if len(negations) != 1 or unsure or not changes:
        return None
    if any(_before(parts, change, *negations) for change in changes):
        return None
    step = _read(rest)
    if step is None or step.act not in (Act.MOVE, Act.PLACE):
        return None
    return Step(Act.HOLD, step.signs)


def _before(parts: Parts, role: str, other: str) -> bool:
    return list(parts).index(role) < list(parts).index(other)


def _signs(parts: Parts) -> dict[str, int] | None:
    """Return the sliders that a noun, an adjective or both speak of, with the direction."""
    nouns: tuple[str, ...] = parts.get("noun", ())
    quality: Quality | None = parts.get("adj") or parts.get("comp")
    if quality is None:
        return dict.fromkeys(nouns, 1)
    if not nouns:
        return quality.signs if quality.alone else None
    if not set(nouns) <= quality.signs.keys():
        return None
    return {slider: quality.signs[slider] for slider in nouns}


def _way(parts: Parts) -> int:
    """Return the direction of the verb; 0 where there is none."""
    return next((parts[role] for role in ("turn", "drop", "remove") if role in parts), 0)


def _move(parts: Parts, way: int = 1) -> Step | None:
    signs = _signs(parts)
    way *= parts.get("more", 1) * parts.get("turn", 1) * parts.get("drop", 1)
    if signs is None or ("comp" in parts and parts.get("more", 1) < 0):
        return None
    moves = {slider: sign * way for slider, sign in signs.items()}
    return Step(Act.MOVE, moves, parts.get("size", PLAIN))


def _have(parts: Parts) -> Step | None:
    # "I want vocals", "some bass", but not "the bass a bit" or "give me the tempo".
    asks = {"want", "with"} & parts.keys() or parts["size"] >= PLAIN
    vague = "size" in parts and _before(parts, "noun", "size")
    return None if vague or not asks or parts["noun"] == ("tempo",) else _move(parts)


def _wish(parts: Parts) -> Step | None:
    # "A bit dark" and "that dark" say how it is, "make it a bit dark" how it should be.
    described = "it" in parts or parts.get("size", MUCH) < MUCH
    return None if described and not {"make", "want", "with"} & parts.keys() else _move(parts)


def _drop(parts: Parts) -> Step | None:
    if _before(parts, "noun", "drop"):  # "let the bass drop" asks for more of it
        return None
    if parts["noun"] == ("vocal",) and "size" not in parts:
        return _remove(parts)
    return _move(parts)


def _too_much(parts: Parts) -> Step | None:
    asks = list(parts)[:2] in (["is", "it"], ["is", "noun"])  # "is it too fast?"
    return None if asks else _move(parts, -parts.get("too_much", 1))


def _remove(parts: Parts) -> Step | None:
    size = parts.get("size", FULL)
    if parts["noun"] == ("tempo",) or (size < FULL and "remove" not in parts):
        return None
    if size < FULL:
        return Step(Act.MOVE, dict.fromkeys(parts["noun"], -1), size)
    return Step(Act.PLACE, dict.fromkeys(parts["noun"], -1), -1.0)


def _end(parts: Parts) -> Step | None:
    signs = _signs(parts)
    way = parts.get("end", 1) * parts.get("so_much", 1)
    if signs is None or parts.get("turn", way) != way:
        return None
    moves = {slider: sign * way for slider, sign in signs.items()}
    return Step(Act.PLACE, moves, float(next(iter(moves.values()))))


def _to_share(parts: Parts) -> Step | None:
    if parts["number"] > 100:
        return None
    return Step(Act.PLACE, dict.fromkeys(parts["noun"], _way(parts)), parts["number"] / 50 - 1)


def _by_share(parts: Parts) -> Step | None:
    step = _move(parts)
    if step is None or not 0 < parts["number"] <= 100:
        return None
    way = next(iter(step.signs.values()))
    return Step(Act.SCALE, step.signs, 1 + way * parts["number"] / 100)


def _scale(parts: Parts) -> Step | None:
    signs, factor = _signs(parts), parts["times"]
    if signs is None or -1 in signs.values() or _way(parts) * (factor - 1) < 0:
        return None
    if parts.get("so_much", 1) < 0:
        return None
    return Step(Act.SCALE, dict.fromkeys(signs, 1 if factor > 1 else -1), factor)


def _to_neutral(parts: Parts) -> Step | None:
    return Step(Act.PLACE, dict.fromkeys(parts["noun"], 0), 0.0)


def _hold(parts: Parts) -> Step | None:
    signs = _signs(parts)
    return None if signs is None else Step(Act.HOLD, dict.fromkeys(signs, 0))


def _undo(parts: Parts) -> Step | None:
    steps = float(parts.get("number") or parts.get("times") or 1)
    return Step(Act.UNDO, amount=steps) if steps >= 1 and steps.is_integer() else None


def _follow(parts: Parts) -> Step | None:
    way, size, even = parts["more"], parts.get("size", PLAIN), "even" in parts
    if even and way > 0:
        return Step(Act.FURTHER, amount=size)
    # After "slower", "less" may mean slower still or not so slow.
    return Step(Act.FOLLOW, amount=way * size, after=-1 if even else 1)


def _back(parts: Parts) -> Step | None:
    if parts["too_much"] < 0:
        return Step(Act.FURTHER, amount=parts.get("size", PLAIN))
    shares = {SMALL: 0.25, MUCH: 0.75}
    return Step(Act.BACK, amount=shares.get(parts.get("size", PLAIN), 0.5))


def _resize(parts: Parts) -> Step | None:
    if "not" not in parts:
        return Step(Act.RESIZE, amount=parts["size"])
    if parts.get("size", MUCH) < MUCH or parts.get("too_much", 1) < 0:
        return None
    signs = _signs(parts)
    return None if signs is None else Step(Act.RESIZE, signs, SMALL)


class Rule(NamedTuple):
    """What certain roles together mean."""

    reader: Callable[[Parts], Step | None]
    patterns: str
    """Roles that must all be there, and other such sets after each bar."""
    optional: str = ""
    """Roles that may be there."""

    def takes(self, parts: Parts) -> bool:
        """Tell whether the parts are one of the patterns, with nothing left over."""
        optional = {"make", *self.optional.split()}
        return any(
            pattern <= parts.keys() <= pattern | optional
            for pattern in (set(pattern.split()) for pattern in self.patterns.split("|"))
        )


RULES = (
    Rule(
        _move,
        "more noun | turn noun | add noun | add more noun",
        "size it want with even again bring",
    ),
    Rule(
        _move,
        "comp | comp noun | more comp | more comp noun | more adj | more adj noun",
        "size it all want with even again",
    ),
    Rule(_have, "want noun | with noun | size noun", "size it want with"),
    Rule(_wish, "adj | adj noun", "size it all want with"),
    Rule(_drop, "drop noun", "size it"),
    Rule(_too_much, "too adj | too adj noun | too_much noun", "size is it all even"),
    Rule(_too_much, "not so adj | not so adj noun | not so_much noun", "size it want"),
    Rule(_move, "not enough noun | not enough adj | not enough adj noun", "is it want"),
    Rule(
        _remove,
        "no noun | without noun | remove noun | drop remove noun | not want noun",
        "any all size it want with keep",
    ),
    Rule(_end, "end noun | so_much noun possible | so adj possible", "to turn it want"),
    Rule(
        _to_share,
        "number percent noun | number percent noun to | number percent noun to turn"
        " | number percent noun to drop",
        "it want",
    ),
    Rule(
        _by_share,
        "number percent more noun | number percent comp | number percent comp noun"
        " | number percent turn noun | number percent drop noun",
        "by it want",
    ),
    Rule(_scale, "times noun | times so_much noun | times so adj", "by turn drop remove it want"),
    Rule(_to_neutral, "neutral noun | reset noun", "to undo bring want"),
    Rule(
        lambda _: Step(Act.RESET),
        "reset | neutral all | neutral undo | neutral it",
        "to all it bring",
    ),
    Rule(_hold, "keep noun | same noun", "same it to with"),
    Rule(_hold, "fine noun", "is it"),
    Rule(_hold, "not change noun | without change noun | no change noun", "any want to"),
    Rule(_hold, "keep it adj"),
    Rule(
        lambda _: Step(Act.HOLD),
        "same | keep it | keep all | keep rest | same rest | same all",
        "same it",
    ),
    Rule(lambda _: Step(Act.HOLD), "fine rest", "is"),
    Rule(
        lambda _: Step(Act.HOLD),
        "not change it | not change all | not change rest | without change rest",
        "any",
    ),
    Rule(_undo, "undo", "number times step change it to bring"),
    Rule(
        lambda parts: Step(Act.REVERT, dict.fromkeys(parts["noun"], 0)),
        "undo noun | undo noun step to | undo noun change to",
        "step change it",
    ),
    Rule(
        lambda parts: Step(Act.RESTORE, dict.fromkeys(parts["noun"], 1)),
        "bring undo noun | add undo noun | want undo noun",
    ),
    Rule(_follow, "more", "size even again"),
    Rule(
        lambda parts: Step(Act.FURTHER, amount=parts.get("size", PLAIN)),
        "further | not enough",
        "size even again it is",
    ),
    Rule(_back, "too_much", "size it is"),
    Rule(
        _resize,
        "size | not size | not too_much | not so_much | not too adj | not too adj noun"
        " | not too_much noun",
    ),
    Rule(lambda _: Step(Act.RETRACT), "no | not | retract", "it"),
    Rule(lambda parts: Step(Act.SPARE, dict.fromkeys(parts["noun"], 0)), "not noun", "any"),
)
