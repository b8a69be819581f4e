"""The sliders while the requests of one text are carried out."""

from collections import defaultdict
from typing import NamedTuple

from resonance_core.steering.intent.clauses import Reading
from resonance_core.steering.intent.rules import Act, Step
from resonance_core.steering.intent.words import SLIDERS

Positions = dict[str, float]


class Move(NamedTuple):
    """A slider that was moved, and what asked for it."""

    slider: str
    before: float
    after: float
    reading: Reading


class Board:
    """All sliders, and what happened to them.

    Args:
        positions: Where they stand.
        history: Where they stood before each earlier text, the oldest first.
    """

    def __init__(self, positions: Positions, history: list[Positions]) -> None:
        self.positions = dict(positions)
        self.history = list(history)
        self.base = dict(positions)  # where this text's changes start
        self.moves: list[Move] = []
        self.failed: list[Reading] = []
        self.undone = 0
        self.reset = False
        self._held: set[tuple[str, int]] = set()
        self._holds_rest = False
        self._asked: dict[str, list[tuple[int, Reading]]] = defaultdict(list)

    def play(self, readings: list[Reading]) -> list[Reading]:
        """Carry out requests; return those that cannot be, or that contradict each other."""
        for step in (step for reading in readings for step in reading.steps):
            if step.act is Act.HOLD:
                self._held |= set(step.signs.items())
                self._holds_rest |= not step.signs
        for reading in readings:
            for step in reading.steps:
                self._carry_out(step, reading)
        for asked in self._asked.values():
            if {1, -1} <= {way for way, _ in asked}:
                self.failed += [reading for _, reading in asked]
        return self.failed

    def kept(self) -> tuple[str, ...]:
        """Return the sliders that were asked to stay and did."""
        moved = {move.slider for move in self.moves}
        held = {slider for slider, _ in self._held}
        return tuple(s for s in SLIDERS if s not in moved and (self._holds_rest or s in held))

    def new_history(self) -> tuple[Positions, ...]:
        """Return the history that the next text starts from."""
        return (*self.history, *([self.base] if self.positions != self.base else []))

    def _carry_out(self, step: Step, reading: Reading) -> None:
        if step.act is Act.HOLD:
            return
        whole = step.act in (Act.UNDO, Act.RESET)
        targets = self._targets(step)
        if targets is None or (whole and (self.positions != self.base or self._holds_rest)):
            # How far back is meant after other requests, nobody can tell: none of them is done.
            self.failed += [reading, *(move.reading for move in self.moves if whole)]
            return
        for slider, target in targets.items():
            before, after = self.positions[slider], round(min(1.0, max(-1.0, target)), 4)
            way = step.signs[slider] if step.act is Act.MOVE else _sign(after - before)
            if whole:
                if after == before or self._holds(slider, way):
                    continue
            elif self._holds(slider, way):
                self.failed.append(reading)
                return
            else:
                self._asked[slider].append((step.signs.get(slider, way), reading))
            self.moves.append(Move(slider, before, after, reading))
            self.positions[slider] = after
        self.reset |= step.act is Act.RESET
        if step.act is Act.UNDO:
            self.undone += int(step.amount)
            del self.history[-int(step.amount) :]
            self.base = dict(self.positions)

    def _holds(self, slider: str, way: int) -> bool:
        return bool({(slider, way), (slider, 0)} & self._held)

    def _targets(self, step: Step) -> Positions | None:
        """Return where a step wants sliders to stand, or None where it cannot be done."""
        here = self.positions
        match step.act:
            case Act.MOVE:
                return {s: here[s] + sign * step.amount for s, sign in step.signs.items()}
            case Act.PLACE:
                astray = any((step.amount - here[s]) * sign < 0 for s, sign in step.signs.items())
                return None if astray else dict.fromkeys(step.signs, step.amount)
            case Act.SCALE:
                nothing = any(here[s] == -1 for s in step.signs) and step.amount > 1
                return None if nothing else {s: (here[s] + 1) * step.amount - 1 for s in step.signs}
            case Act.RESTORE:
                return self._restored(step)
            case Act.REVERT:
                return self._reverted(step)
            case Act.RESET:
                return dict.fromkeys(SLIDERS, 0.0)
            case Act.UNDO:
                steps = int(step.amount)
                return self.history[-steps] if steps <= len(self.history) else None
            case _:
                return self._followed(step)

    def _restored(self, step: Step) -> Positions | None:
        """Return the last higher positions; neutral where there was none."""
        targets = {}
        for slider in step.signs:
            higher = [p[slider] for p in self.history if p[slider] > self.positions[slider]]
            targets[slider] = higher[-1] if higher else 0.0
        raises = all(target > self.positions[slider] for slider, target in targets.items())
        return targets if raises else None

    def _reverted(self, step: Step) -> Positions | None:
        """Return the positions before each slider's last change."""
        targets = {}
        for slider in step.signs:
            others = [p[slider] for p in self.history if p[slider] != self.positions[slider]]
            if not others:
                return None
            targets[slider] = others[-1]
        return targets

    def _followed(self, step: Step) -> Positions | None:
        """Return where what changed last goes, in this text or else in the one before."""
        before = self.base
        if self.positions == before:
            before = self.history[-1] if self.history else before
        steps = {s: now - before[s] for s, now in self.positions.items() if now != before[s]}
        if not steps or any(step.after * change < 0 for change in steps.values()):
            return None
        here = self.positions
        if step.act is Act.BACK:
            return {s: here[s] - change * step.amount for s, change in steps.items()}
        if step.act is Act.FOLLOW:
            return {s: here[s] + step.amount for s in steps}
        return {s: here[s] + _sign(change) * step.amount for s, change in steps.items()}


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
