"""From text to steps: where clauses part, which words they share, how far a "not" reaches."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from resonance_core.steering.intent.rules import Act, Step, read_clause
from resonance_core.steering.intent.terms import Term, read_terms

JOINTS = ("comma", "and", "or", "but", "stop")
"""What parts two clauses, from weak to strong."""
NEGATIONS = {"not", "without", "no"}
COMMANDS = {"make", "want", "turn", "add", "drop", "remove", "keep", "bring", "undo", "reset"}
"""Roles that begin a request of its own."""
OPENINGS = {"make", "want", "it", "plain"}
"""Roles that ask for nothing before a "with" or "without": "make it"."""
RUN_ON = 8
"""Terms of the longest request that is looked for where nothing parts it from the next."""


@dataclass(frozen=True)
class Clause:
    """Terms between two joints.

    Attributes:
        joint: What parts it from the clause before.
        terms: Its terms, without those that are only polite.
        start: Where it starts in the text.
        end: Where it ends.
    """

    joint: str
    terms: tuple[Term, ...]
    start: int
    end: int

    @property
    def roles(self) -> set[str]:
        """The roles of its terms."""
        return {term.role for term in self.terms}


@dataclass(frozen=True)
class Reading:
    """What a stretch of the text asks for; no steps where that is not certain."""

    steps: tuple[Step, ...]
    joint: str
    start: int
    end: int


def read_text(text: str) -> list[Reading]:
    """Return what a text asks for, in its order."""
    readings: list[Reading] = []
    for sentence in _sentences(_clauses(read_terms(text))):
        for reading in _read_sentence(sentence):
            act = reading.steps[0].act if reading.steps else None
            if act is Act.RESIZE:
                _resize(readings, reading)
            elif act is Act.RETRACT:
                readings[-1:] = [_unread(r) for r in (*readings[-1:], reading)]
            else:
                readings.append(reading)
    if len(readings) == 1:
        return readings
    # "More" after another clause continues that one, if it is clear, and never an earlier text:
    # "more, not less, bass", "more and more bass".
    clear, continued = all(r.steps for r in readings), list[Reading]()
    for reading in readings:
        moved = any(step.act is Act.MOVE for r in continued for step in r.steps)
        stays = (clear and moved) or not any(step.act.refers_back for step in reading.steps)
        continued.append(reading if stays else _unread(reading))
    return continued


def _unread(reading: Reading) -> Reading:
    return replace(reading, steps=())


def _clauses(terms: list[Term]) -> Iterator[Clause]:
    """Cut terms into clauses."""
    joint = "comma"
    for is_joint, group in itertools.groupby(_parted(terms), lambda term: term.role in JOINTS):
        inside = list(group)
        if is_joint:
            joint = max(joint, *(term.role for term in inside), key=JOINTS.index)
            continue
        kept = [term for term in inside if term.role != "plain"]
        if len(kept) > 1 and kept[-1].role == "too":  # "faster too" does not complain
            kept.pop()
        roles = {term.role for term in kept}
        if roles and not ("fine" in roles and roles <= {"fine", "it", "is"}):  # praise
            yield Clause(joint, tuple(kept), inside[0].start, inside[-1].end)
            joint = "comma"


def _parted(terms: list[Term]) -> Iterator[Term]:
    """Add the joints that are not written: before "with" and "without", and around symbols."""
    opened: set[str] = set()
    for term in terms:
        if term.role in ("with", "without") and opened - OPENINGS:
            yield replace(term, role="and")
        if term.role == "symbol":
            yield replace(term, role="comma")
            yield term
            yield replace(term, role="comma")
        else:
            yield term
        opened = set() if term.role in JOINTS else opened | {term.role}


def _sentences(clauses: Iterator[Clause]) -> Iterator[list[Clause]]:
    """Group clauses at full stops."""
    sentence: list[Clause] = []
    for clause in clauses:
        if clause.joint == "stop" and sentence:
            yield sentence
            sentence = []
        sentence.append(clause)
    if sentence:
        yield sentence


def _read_sentence(sentence: list[Clause]) -> Iterator[Reading]:
    """Read clause by clause, those together that share words."""
    if any("if" in clause.roles for clause in sentence):
        yield _reading(sentence)  # a condition cannot be kept
        return
    unclear = False
    governs: Callable[[Clause], bool] = _governs_nothing
    while sentence:
        first = sentence[0]
        if first.joint == "or" or governs(first):
            yield _reading([first])
            sentence = sentence[1:]
            continue
        length, readings = _read_list(sentence) or (1, _read_alone(first))
        if unclear and first.roles <= {"with", "noun"}:
            readings = [_reading([first])]  # down with the vocals
        rest = sentence[length:]
        if rest and rest[0].joint == "or" and not first.roles & NEGATIONS:
            # One or the other: the choice is not ours.
            length += sum(1 for _ in itertools.takewhile(lambda c: c.joint == "or", rest))
            readings = [_reading(sentence[:length])]
        yield from readings
        unclear = not readings[-1].steps
        governs = _government(first, [step for reading in readings for step in reading.steps])
        sentence = sentence[length:]


def _reading(clauses: Sequence[Clause], *steps: Step) -> Reading:
    return Reading(steps, clauses[0].joint, clauses[0].start, clauses[-1].end)


def _governs_nothing(_: Clause) -> bool:
    return False


def _government(clause: Clause, steps: list[Step]) -> Callable[[Clause], bool]:
    """Return which of the next clauses a clause's words may or may not reach.

    "Don't make it slower and darker", "less tense and calm": nobody can tell.
    """
    roles = clause.roles
    less = any(term.role == "more" and term.value < 0 for term in clause.terms)
    eases = bool(roles & {"so", "so_much", "enough"})

    def adjectives(later: Clause) -> bool:
        return later.joint in ("comma", "and") and later.roles <= {"adj", "size"}

    def all_but_commands(later: Clause) -> bool:
        role = later.terms[0].role
        own = role in NEGATIONS | {"keep"} or (later.joint == "comma" and role in COMMANDS)
        return later.joint in ("comma", "and") and not own

    if "adj" in roles and (less or eases):
        return adjectives
    prohibits = any(step.act is Act.HOLD for step in steps) and roles & NEGATIONS
    if (prohibits or "not" in roles) and not eases and not roles & {"change", "too", "too_much"}:
        return all_but_commands
    return _governs_nothing


def _read_alone(clause: Clause) -> list[Reading]:
    """Read one clause, or several that nothing parts: more bass less tension."""
    if (step := _read(clause.joint, clause.terms)) is not None:
        return [_reading([clause], step)]
    return _run_on(clause.terms) or [_reading([clause])]


def _read(joint: str, terms: Sequence[Term]) -> Step | None:
    step = read_clause(terms)
    if step is None or step.act is not Act.SPARE:
        return step
    return replace(step, act=Act.HOLD) if joint == "but" else None


def _run_on(terms: Sequence[Term]) -> list[Reading]:
    """Return the only way to cut terms into requests; nothing where there is none, or another."""
    ways: list[list[list[Reading]]] = [[] for _ in terms] + [[[]]]
    for start in reversed(range(len(terms))):
        for end in range(start + 1, min(start + RUN_ON, len(terms)) + 1):
            part = terms[start:end]
            roles = {term.role for term in part}
            if roles <= {"adj", "noun", "size", "it"} or ("not" in roles and end < len(terms)):
                continue
            step = read_clause(part)
            if step and step.signs and step.act in (Act.MOVE, Act.PLACE, Act.SCALE, Act.HOLD):
                reading = Reading((step,), "comma", part[0].start, part[-1].end)
                ways[start] += [[reading, *others] for others in ways[end]]
        del ways[start][2:]  # two are as many as too many
    return ways[0][0] if len(ways[0]) == 1 else []


def _read_list(sentence: list[Clause]) -> tuple[int, list[Reading]] | None:
    """Read clauses that share all words but one: more bass and energy, too fast and tense.

    Returns:
        How many clauses, and what they ask for; None where the first stands alone.
    """
    for role in ("noun", "adj", "comp"):
        for length in range(_extent(sentence, role), 1, -1):
            if (reading := _read_shared(sentence[:length], role)) is not None:
                return length, [reading]
    return None


def _extent(sentence: list[Clause], role: str) -> int:
    """Return how many clauses may be one list: all but the first and last are a single word."""
    for length, clause in enumerate(sentence[1:], 1):
        if clause.joint == "but" or clause.terms[0].role != role:
            return length
        if len(clause.terms) > 1:
            return length + 1
    return len(sentence)


def _read_shared(clauses: list[Clause], role: str) -> Reading | None:
    """Read a list, each time with another of its items in the place of the first."""
    first, last = clauses[0], clauses[-1]
    places = [place for place, term in enumerate(first.terms) if term.role == role]
    behind = last.terms[1:]
    if len(places) != 1 or (behind and places[0] != len(first.terms) - 1):
        return None
    before, after = first.terms[: places[0]], (*first.terms[places[0] + 1 :], *behind)
    steps = []
    for item in (first.terms[places[0]], *(clause.terms[0] for clause in clauses[1:])):
        if (step := _read(first.joint, (*before, item, *after))) is None:
            return None
        steps.append(step)
    if not _may_share(clauses, role, steps):
        return None
    alone = [_read(clause.joint, clause.terms) for clause in clauses]
    if None in alone or alone == steps or not behind:
        return _reading(clauses, *steps)
    # "Turn up the bass and tempo to 80 %": both readings are right.
    return None if last.joint == "comma" else _reading(clauses)


def _may_share(clauses: list[Clause], role: str, steps: list[Step]) -> bool:
    """Tell whether the joints let the first clause's words reach the last."""
    roles, joint = clauses[0].roles, clauses[-1].joint
    if any(clause.joint == "or" for clause in clauses[1:]):
        return bool(roles & NEGATIONS)
    if role == "noun":
        return joint == "and" or all(step.act is Act.MOVE for step in steps)
    frames = roles & {"too", "keep"} or "possible" in clauses[-1].roles
    return role == "adj" and joint == "and" and bool(frames)


def _resize(readings: list[Reading], reading: Reading) -> None:
    """Give an earlier move another size: but not too much, just a bit."""
    (resize,) = reading.steps
    named = [r for r in readings if any(step.signs == resize.signs for step in r.steps)]
    move = next(reversed(named if resize.signs else readings), None)
    if (
        move is None
        or not move.steps
        or any(step.act is not Act.MOVE for step in move.steps)
        or (move.joint == "and" and not resize.signs)  # "faster and darker, but not too much"
    ):
        readings.append(_unread(reading))
        return
    steps = tuple(replace(step, amount=resize.amount) for step in move.steps)
    end = reading.end if move is readings[-1] else move.end
    readings[readings.index(move)] = replace(move, steps=steps, end=end)
